/** Who applies for what, and what they have declared. */
import type { ComponentChildren, JSX } from "preact";
import type { Order } from "../../client/api_order";
import { language, messages } from "../../client/i18n";
import { regionName } from "../../client/regions";
import { testId } from "../../client/testids";
import { isoDayInWords } from "../../client/time";
import { Signature } from "../../client/ui/signature";
import { Icon } from "../../client/ui/icons";
import { whenOf } from "../../client/ui/order_words";

export function Card(props: { title: string; id: string; end?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return (
    <section class="card order-card" aria-labelledby={`card-${props.id}`} {...testId(`card-${props.id}`)}>
      <div class="card-head">
        <h2 id={`card-${props.id}`}>{props.title}</h2>
        {props.end}
      </div>
      {props.children}
    </section>
  );
}

type Fact = readonly [name: string, value: ComponentChildren];

/** What was not given is said, so that nobody takes a gap for a fault of the page. */
export function Facts({ facts }: { facts: readonly Fact[] }): JSX.Element {
  const m = messages.value.review;
  return (
    <dl class="order-facts-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === "" ? <span class="muted">{m.unknownValue}</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

const day = (date: string | null): string | null => (date === null ? null : isoDayInWords(date, language.value));

export function ApplicantCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value.review;
  const { applicant } = order;
  const age = applicant.age === null ? "" : ` (${m.yearsOld({ n: applicant.age })})`;
  return (
    <Card title={m.applicantTitle} id="applicant">
      <Facts
        facts={[
          [m.fields.applicant_name, applicant.name],
          [m.fields.applicant_name_latin, applicant.name_latin],
          [m.fields.birth_date, applicant.birth_date === null ? null : `${day(applicant.birth_date) ?? ""}${age}`],
          [m.fields.sex, applicant.sex && m.sexes[applicant.sex]],
          [m.fields.relation, applicant.relation && m.relations[applicant.relation]],
          ...(applicant.guardian_needed || order.details.guardian_name !== null
            ? ([[m.fields.guardian_name, order.details.guardian_name]] as const)
            : []),
        ]}
      />
      {applicant.guardian_needed && (
        <p class="card-note">
          <Icon name="people" />
          {m.guardianNeeded}
        </p>
      )}
    </Card>
  );
}

export function DetailsCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value.review;
  const { details } = order;
  const district = order.own_district === null ? null : order.own_district ? m.ownDistrict : m.otherDistrict;
  const where = details.region === null ? null : regionName(details.region, language.value);
  const region = [where, district && `(${district})`].filter(Boolean).join(" ");
  return (
    <Card title={m.detailsTitle} id="details">
      <Facts
        facts={[
          [m.fields.document_number, details.document_number && <span class="mono">{details.document_number}</span>],
          [m.fields.expiry_date, day(details.expiry_date)],
          [m.fields.region, region],
          [m.fields.address, details.address],
          [m.fields.phone, details.phone],
          [m.submittedAt, order.submitted_at && whenOf(order, order.submitted_at)],
        ]}
      />
      {details.note && <p class="card-note quote">{details.note}</p>}
    </Card>
  );
}

export function DeclarationCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value.review;
  const { declaration } = order;
  return (
    <Card title={m.declarationTitle} id="declaration">
      {declaration ? (
        <>
          <Signature signature={declaration.signature} name={declaration.name} />
          <p class="muted small">{m.signedBy({ name: declaration.name, when: whenOf(order, declaration.signed_at) })}</p>
        </>
      ) : (
        <p class="muted">{m.declarationNone}</p>
      )}
    </Card>
  );
}
