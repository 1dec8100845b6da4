/** What vision found, as aids for an officer's eye: pictures side by side, the MRZ, the fields. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type {
  Comparison,
  DocumentReport,
  FaceSource,
  FieldComparison,
  FieldResult,
  MatchDecision,
  Mrz,
} from "../client/api_facecheck";
import { colon, messages } from "../client/i18n";
import type { Pictures } from "../client/pictures";
import { testId } from "../client/testids";
import { Reasons } from "../client/ui/checks";
import { Icon } from "../client/ui/icons";

/** Where a picture is to be had. */
export interface PicturePlace {
  path: string;
  version?: string;
}
export type Places = Partial<Record<FaceSource, PicturePlace>>;

const LOOK: Record<MatchDecision | "unknown", string> = {
  match: "chip good",
  review: "chip warn",
  no_match: "chip bad",
  unknown: "chip",
};

export function DecisionChip({ decision }: { decision: MatchDecision | "unknown" }): JSX.Element {
  return (
    <span class={LOOK[decision]} data-decision={decision} {...testId("decision")}>
      {messages.value.facecheck.decisions[decision]}
    </span>
  );
}

export function Photo(props: { pictures: Pictures; place: PicturePlace; name: string }): JSX.Element {
  const { pictures, place, name } = props;
  const url = useSignal<string | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    let current = true;
    pictures.get(place.path, place.version).then(
      (picture) => void (current && (url.value = picture.url)),
      () => void (current && (failed.value = true)),
    );
    return () => void (current = false);
  }, [pictures, place.path, place.version]);
  if (url.value !== null) return <img src={url.value} alt={name} />;
  return <span class="photo-none">{failed.value ? messages.value.facecheck.officer.noPicture : "…"}</span>;
}

const SOURCES: readonly FaceSource[] = ["portrait", "page", "live"];

/** Portrait, data page and live side by side, with a word for each pair. */
export function ThreeWay(props: { comparison: Comparison | null; places: Places; pictures: Pictures }): JSX.Element {
  const m = messages.value.facecheck;
  const { comparison, places, pictures } = props;
  const pairs = comparison?.pairs ?? [];
  return (
    <div class="three-way" {...testId("comparison")} data-decision={comparison?.decision ?? undefined}>
      <div class="three">
        {SOURCES.map((source) => {
          const place = places[source];
          return (
            <figure key={source} data-source={source}>
              {place ? (
                <Photo key={`${place.path} ${place.version}`} pictures={pictures} place={place} name={m.sources[source]} />
              ) : (
                <span class="photo-none">{m.officer.noPicture}</span>
              )}
              <figcaption>{m.sources[source]}</figcaption>
            </figure>
          );
        })}
      </div>
      {pairs.length === 0 ? (
        <p class="muted">{m.officer.nothingToCompare}</p>
      ) : (
        <ul class="pairs">
          {pairs.map((pair) => (
            <li key={`${pair.a} ${pair.b}`} {...testId("pair")} data-pair={`${pair.a}-${pair.b}`} data-decision={pair.decision}>
              <span>
                {m.sources[pair.a]} – {m.sources[pair.b]}
              </span>
              <DecisionChip decision={pair.decision} />
              <span class="muted">{m.officer.score({ score: pair.score.toFixed(2) })}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A text of a dictionary by a key that the server chose; its own word where it is new. */
const named = (texts: Readonly<Record<string, string>>, key: string): string =>
  Object.keys(texts).includes(key) ? (texts[key] ?? key) : key.replaceAll("_", " ");

export function DocumentView({ document }: { document: DocumentReport }): JSX.Element {
  const m = messages.value.facecheck.officer;
  const { mrz, name_chinese } = document;
  return (
    <div class="evidence" {...testId("mrz")} data-valid={mrz?.valid ?? undefined}>
      <h3>{m.mrz}</h3>
      {mrz ? <MrzView mrz={mrz} /> : <p>{m.mrzNone}</p>}
      {name_chinese && (
        <p>
          {m.nameChinese}{colon}<span class="strong">{name_chinese.text}</span>
        </p>
      )}
      <Reasons reasons={document.page.reasons} />
    </div>
  );
}

function MrzView({ mrz }: { mrz: Mrz }): JSX.Element {
  const m = messages.value.facecheck.officer;
  const fields = Object.entries(mrz.fields).filter(([, value]) => typeof value === "string" && value !== "");
  return (
    <>
      <p class={mrz.valid ? "verdict good" : "verdict"}>
        <Icon name={mrz.valid ? "check" : "warn"} />
        {mrz.valid ? m.mrzValid : m.mrzInvalid} ({mrz.format})
      </p>
      <pre class="mrz" tabIndex={0} aria-label={m.mrz}>
        {mrz.lines.join("\n")}
      </pre>
      <dl class="pairs-of-text">
        {fields.map(([field, value]) => (
          <div key={field}>
            <dt>{named(m.mrzFields, field)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="strong">{m.checkDigits}</p>
      <ul class="named-checks">
        {Object.entries(mrz.checks).map(([check, passed]) => (
          <li key={check} data-passed={passed}>
            <span class="check-sign">
              <Icon name={passed ? "check" : "cross"} />
            </span>
            {named(m.mrzChecks, check)}
          </li>
        ))}
      </ul>
      <Reasons reasons={mrz.failed} />
    </>
  );
}

const RESULT_LOOK: Record<FieldResult, string> = {
  same: "chip good",
  variant: "chip warn",
  different: "chip bad",
  not_compared: "chip",
};

export function FieldsView({ fields }: { fields: FieldComparison | null }): JSX.Element {
  const m = messages.value.facecheck;
  return (
    <div class="evidence" {...testId("fields")} data-agrees={fields?.agrees ?? undefined}>
      <h3>{m.officer.fields}</h3>
      {!fields ? (
        <p class="muted">{m.officer.fieldsNone}</p>
      ) : (
        <>
          <p class={fields.agrees ? "verdict good" : "verdict"}>
            <Icon name={fields.agrees ? "check" : "warn"} />
            {fields.agrees ? m.officer.fieldsAgree : m.officer.fieldsDiffer}
          </p>
          <div class="fields-scroll" tabIndex={0} role="region" aria-label={m.officer.fields}>
            <table class="fields">
              <thead>
                <tr>
                  <th scope="col">{m.officer.columnField}</th>
                  <th scope="col">{m.officer.columnOrder}</th>
                  <th scope="col">{m.officer.columnDocument}</th>
                  <th scope="col">{m.officer.columnResult}</th>
                </tr>
              </thead>
              <tbody>
                {fields.fields.map((field) => (
                  <tr key={field.field} {...testId("field")} data-field={field.field} data-result={field.result}>
                    <th scope="row">{named(m.identity, field.field)}</th>
                    <td>{field.order ?? "–"}</td>
                    <td>{field.document ?? "–"}</td>
                    <td>
                      <span class={RESULT_LOOK[field.result]}>{m.fieldResults[field.result]}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}
