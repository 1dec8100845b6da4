/** Who the applicant is and how to find them: saved by itself, with what is missing said where it is missing. */
import type { ComponentChildren, JSX } from "preact";
import type { Order, OrderField, Sex } from "../../client/api_order";
import { language, messages } from "../../client/i18n";
import { isoDayInWords } from "../../client/time";
import { testId } from "../../client/testids";
import { ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { Choice } from "./choice";
import { valueOf, type Details } from "./details";
import { conditionsOf, hasDocument, isEmergency, ISSUES, RELATIONS } from "./kinds";
import type { OrderMission } from "../../client/api_account";
import { isMissing } from "./next";
import { regionChoices, regionName } from "../../client/regions";

export interface FormProps {
  order: Order;
  details: Details;
  mission: OrderMission | null;
}

const SEXES: readonly Sex[] = ["F", "M", "X"];
const LENGTHS: Partial<Record<OrderField, number>> = { document_number: 20, phone: 32, address: 300, note: 500 };
const NAME_MAX = 100;

export function DetailsForm(props: FormProps): JSX.Element {
  const { order, details } = props;
  const m = messages.value.orders;
  const problem = details.problem.value;
  const document = hasDocument(order) || askedFor(order, "document_number") || askedFor(order, "expiry_date");
  return (
    <div class="stack order-form">
      {order.state === "draft" && <p class="muted small">{m.savesItself}</p>}
      {details.changedElsewhere.value && (
        <p class="note" role="status" {...testId("changed-elsewhere")}>
          {m.changedElsewhere}
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      <Group title={m.groupWho}>
        <Picker {...props} field="relation" options={RELATIONS.map((key) => [key, m.relations[key]])} />
        <Text {...props} field="applicant_name" />
        <Text {...props} field="applicant_name_latin" upper />
        <div class="pair">
          <Text {...props} field="birth_date" type="date" />
          <SexChoice {...props} />
        </div>
        {(order.applicant.guardian_needed || valueOf(order, "guardian_name") !== "") && <Text {...props} field="guardian_name" />}
      </Group>
      <Group title={m.groupDocument}>
        {!isEmergency(order.kind) && <Picker {...props} field="issue" options={ISSUES.map((key) => [key, messages.value.review.issues[key]])} />}
        <Picker {...props} field="condition" options={conditionsOf(order.kind, order.issue).map((key) => [key, m.conditions[key]])} />
        <div class="pair">
          <Text {...props} field="document_number" upper optional={!document} />
          <Text {...props} field="expiry_date" type="date" optional={!document} />
        </div>
      </Group>
      <Group title={m.groupWhere}>
        <RegionField {...props} />
        <Text {...props} field="address" autoComplete="street-address" lines={3} />
        <Text {...props} field="phone" type="tel" autoComplete="tel" />
        <Text {...props} field="note" lines={3} optional />
      </Group>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      <div class="stack">{children}</div>
    </fieldset>
  );
}

const askedFor = (order: Order, field: OrderField): boolean => order.supplement?.fields.includes(field) ?? false;

type FieldProps = FormProps & { field: OrderField; optional?: boolean };

/** What is wrong with a field, or missing in it; said where it is. */
function Hint({ order, details, field }: FieldProps): JSX.Element | null {
  const m = messages.value.orders;
  const refused = details.refused.value[field] !== undefined;
  const typed = details.typed.value[field] !== undefined;
  const missing = !typed && isMissing(order, "details", field);
  const text = refused ? m.fieldRefused : askedFor(order, field) ? m.askedFor : missing ? m.stillMissing : null;
  if (text === null) return null;
  return (
    <p class={refused ? "field-hint bad" : "field-hint"} id={`${field}-wrong`} {...testId("field-hint")} data-field={field}>
      <Icon name="warn" />
      {text}
    </p>
  );
}

function Frame(props: FieldProps & { children: ComponentChildren }): JSX.Element {
  const m = messages.value;
  const hint = m.orders.fieldHints[props.field];
  return (
    <div class="field">
      <label for={props.field}>
        {m.review.fields[props.field]}
        {props.optional && <span class="muted"> ({m.orders.optional})</span>}
      </label>
      {props.children}
      {hint && (
        <p id={`${props.field}-hint`} class="muted small">
          {hint}
        </p>
      )}
      <Hint {...props} />
    </div>
  );
}

function common({ order, details, field }: FieldProps, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...more,
    id: field,
    disabled: !order.can.edit,
    "aria-describedby": `${field}-hint ${field}-wrong`,
    "aria-invalid": details.refused.value[field] !== undefined ? "true" : undefined,
    onBlur: () => void details.save(),
    ...testId(`field-${field}`),
  };
}

function Text(props: FieldProps & { type?: "date" | "tel"; autoComplete?: string; lines?: number; upper?: boolean }): JSX.Element {
  const { order, details, field } = props;
  const value = details.value(order, field);
  const enter = (text: string): void => details.enter(field, props.upper ? text.toUpperCase() : text);
  const max = LENGTHS[field] ?? NAME_MAX;
  return (
    <Frame {...props}>
      {props.lines !== undefined ? (
        <textarea {...common(props)} rows={props.lines} maxLength={max} value={value} autoComplete={props.autoComplete ?? "off"} onInput={(event) => enter(event.currentTarget.value)} />
      ) : (
        <input
          {...common(props, { type: props.type ?? "text" })}
          maxLength={max}
          value={value}
          autoComplete={props.autoComplete ?? "off"}
          onInput={(event) => enter(event.currentTarget.value)}
        />
      )}
    </Frame>
  );
}

function Picker(props: FieldProps & { options: readonly (readonly [string, string])[] }): JSX.Element {
  const { order, details, field } = props;
  const value = details.value(order, field);
  return (
    <Frame {...props}>
      <select {...common(props)} value={value} onChange={(event) => details.enter(field, event.currentTarget.value)}>
        {value === "" && <option value="">{messages.value.orders.choose}</option>}
        {props.options.map(([key, name]) => (
          <option key={key} value={key} selected={key === value}>
            {name}
          </option>
        ))}
      </select>
    </Frame>
  );
}

function RegionField(props: FormProps): JSX.Element {
  const { order, details, mission } = props;
  const m = messages.value.orders;
  const value = details.value(order, "region");
  const { own, all } = regionChoices(mission, language.value);
  const strange = value !== "" && ![...own, ...all].some(([code]) => code === value);
  const option = ([code, name]: readonly [string, string]): JSX.Element => (
    <option key={code} value={code} selected={code === value}>
      {name}
    </option>
  );
  return (
    <Frame {...props} field="region">
      <select {...common({ ...props, field: "region" })} value={value} onChange={(event) => details.enter("region", event.currentTarget.value)}>
        {value === "" && <option value="">{m.choose}</option>}
        {strange && option([value, regionName(value, language.value)])}
        {own.map(option)}
        <optgroup label={m.elsewhere}>{all.map(option)}</optgroup>
      </select>
    </Frame>
  );
}

function SexChoice(props: FormProps): JSX.Element {
  const { order, details } = props;
  const { fields, sexes } = messages.value.review;
  const value = details.value(order, "sex");
  return (
    <div class="field">
      <Choice
        id="sex"
        legend={fields.sex}
        options={SEXES.map((key) => ({ key, name: sexes[key] }))}
        chosen={SEXES.find((key) => key === value) ?? null}
        onChoose={(key) => details.enter("sex", key)}
      />
      <Hint {...props} field="sex" />
    </div>
  );
}

/** What was entered, to be read over. */
export function DetailsSummary({ order }: { order: Order }): JSX.Element {
  const m = messages.value;
  const words: Readonly<Record<string, (value: string) => string>> = {
    relation: (value) => (m.orders.relations as Readonly<Record<string, string>>)[value] ?? value,
    issue: (value) => (m.review.issues as Readonly<Record<string, string>>)[value] ?? value,
    condition: (value) => (m.orders.conditions as Readonly<Record<string, string>>)[value] ?? value,
    sex: (value) => (m.review.sexes as Readonly<Record<string, string>>)[value] ?? value,
    region: (value) => regionName(value, language.value),
    birth_date: (value) => isoDayInWords(value, language.value),
    expiry_date: (value) => isoDayInWords(value, language.value),
  };
  const shown = (Object.keys(m.review.fields) as OrderField[]).filter((field) => valueOf(order, field) !== "" || isMissing(order, "details", field));
  return (
    <dl class="summary" {...testId("details-summary")}>
      {shown.map((field) => {
        const value = valueOf(order, field);
        return (
          <div key={field}>
            <dt>{m.review.fields[field]}</dt>
            <dd>{value === "" ? <span class="muted">{m.orders.notGiven}</span> : (words[field]?.(value) ?? value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
