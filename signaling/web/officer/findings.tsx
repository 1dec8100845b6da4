/** What the captures of this interview show: the newest of each kind beside the call, every one in its dialog. */
import type { JSX } from "preact";
import type { Capture } from "../client/api";
import type { Findings } from "../client/api_facecheck";
import { colon, messages } from "../client/i18n";
import { capturePath, facecheckPath } from "../client/pictures";
import { reasonText } from "../client/reasons";
import { testId } from "../client/testids";
import { Button } from "../client/ui/basics";
import { Reasons } from "../client/ui/checks";
import { Icon } from "../client/ui/icons";
import type { Desk } from "./desk";
import { DecisionChip, DocumentView, FieldsView, ThreeWay, type Places } from "./evidence";
import type { DeskProps } from "./interview";

interface CaptureProps extends DeskProps {
  capture: Capture;
}

/** What stands beside a capture: the newest face check's pictures, and the newest face that was taken. */
function placesOf(desk: Desk, capture: Capture): Places {
  const check = desk.checks.value[0];
  const places: Places = {};
  const { portrait, page } = check?.materials ?? {};
  if (check && portrait) places.portrait = { path: facecheckPath(check.id, "portrait"), version: portrait.uploaded_at };
  if (check && page) places.page = { path: facecheckPath(check.id, "page-portrait"), version: page.uploaded_at };
  if (capture.kind === "document") {
    places.page = { path: capturePath(capture.id) };
    const face = desk.captures.value.filter((other) => other.kind === "face" && other.seq < capture.seq).pop();
    if (face && inComparison(capture.findings, "live")) places.live = { path: capturePath(face.id) };
  } else {
    places.live = { path: capturePath(capture.id) };
  }
  return places;
}

const inComparison = (findings: Findings | null, source: string): boolean =>
  findings?.comparison?.pairs.some((pair) => pair.a === source || pair.b === source) === true;

/** In the capture's dialog: everything. */
export function CaptureFindings({ desk, capture }: CaptureProps): JSX.Element | null {
  const m = messages.value.facecheck.officer;
  const { findings } = capture;
  if (capture.analysis === "none") return null;
  return (
    <section class="findings" {...testId("findings")} data-analysis={capture.analysis} data-kind={capture.kind}>
      <h3>{m.findings}</h3>
      {capture.analysis === "running" && <Running />}
      {findings && <FindingsView desk={desk} capture={capture} findings={findings} />}
      <p class="small-print">
        <Icon name="shield" />
        {m.noDecision}
      </p>
    </section>
  );
}

function Running(): JSX.Element {
  return (
    <p class="muted" role="status">
      <span class="spinner" aria-hidden="true" /> {messages.value.facecheck.officer.analysing}
    </p>
  );
}

function FindingsView({ desk, capture, findings }: CaptureProps & { findings: Findings }): JSX.Element {
  if (findings.error) return <FindingsError findings={findings} />;
  return (
    <>
      <ThreeWay comparison={findings.comparison} places={placesOf(desk, capture)} pictures={desk.pictures} />
      {findings.kind === "face" && <Reasons reasons={findings.face?.quality.reasons ?? []} />}
      {findings.kind === "document" && findings.document && <DocumentView document={findings.document} />}
      {findings.kind === "document" && <FieldsView fields={findings.fields} />}
    </>
  );
}

function FindingsError({ findings }: { findings: Findings }): JSX.Element | null {
  const m = messages.value;
  if (!findings.error) return null;
  return (
    <div class="note warn" {...testId("findings-error")} data-code={findings.error.code}>
      <Icon name="warn" />
      <p>
        <span class="strong">{m.facecheck.officer.analysisError}.</span> {reasonText(findings.error, m).what}
      </p>
    </div>
  );
}

/** Beside the call: the newest face and the newest document. */
export function FindingsPanel({ desk }: DeskProps): JSX.Element {
  const m = messages.value.facecheck.officer;
  const looked = desk.captures.value.filter((capture) => capture.analysis !== "none");
  const newest = (["face", "document"] as const).flatMap((kind) => looked.filter((one) => one.kind === kind).slice(-1));
  return (
    <section class="card panel" aria-labelledby="findings" {...testId("findings-panel")}>
      <h2 id="findings">{m.findings}</h2>
      {newest.length === 0 && <p class="muted">{m.findingsNone}</p>}
      <div class="panel" aria-live="polite">
        {newest.map((capture) => (
          <Newest key={capture.kind} desk={desk} capture={capture} />
        ))}
      </div>
    </section>
  );
}

function Newest({ desk, capture }: CaptureProps): JSX.Element {
  const m = messages.value;
  const { findings } = capture;
  return (
    <div class="newest" {...testId(`newest-${capture.kind}`)} data-analysis={capture.analysis} data-seq={capture.seq}>
      <p class="newest-head">
        <span class="strong">{m.kinds[capture.kind]}</span>
        <span class="muted">{m.facecheck.officer.ofPicture({ seq: capture.seq })}</span>
        <FindingsChip capture={capture} />
      </p>
      {capture.analysis === "running" && <Running />}
      {findings?.error && <FindingsError findings={findings} />}
      {findings && !findings.error && (
        <>
          <ThreeWay comparison={findings.comparison} places={placesOf(desk, capture)} pictures={desk.pictures} />
          {findings.kind === "document" && <DocumentSummary findings={findings} />}
          <Button id={`open-${capture.kind}-findings`} onClick={() => (desk.opened.value = capture.id)}>
            {m.officer.captureNumber({ seq: capture.seq, kind: m.facecheck.officer.open })}
          </Button>
        </>
      )}
    </div>
  );
}

function DocumentSummary({ findings }: { findings: Findings & { kind: "document" } }): JSX.Element {
  const m = messages.value.facecheck;
  const mrz = findings.document?.mrz;
  const off = findings.fields?.fields.filter((field) => field.result === "different" || field.result === "variant") ?? [];
  return (
    <>
      <p class={mrz?.valid ? "verdict good" : "verdict"}>
        <Icon name={mrz?.valid ? "check" : "warn"} />
        {m.officer.mrz}{colon}{mrz ? (mrz.valid ? m.officer.mrzValid : m.officer.mrzInvalid) : m.officer.mrzNone}
      </p>
      {findings.fields && (
        <p class={findings.fields.agrees ? "verdict good" : "verdict"}>
          <Icon name={findings.fields.agrees ? "check" : "warn"} />
          {findings.fields.agrees ? m.officer.fieldsAgree : m.officer.fieldsDiffer}
        </p>
      )}
      {off.map((field) => (
        <p key={field.field} class="muted">
          {field.order ?? "–"} / {field.document ?? "–"}{colon}{m.fieldResults[field.result]}
        </p>
      ))}
    </>
  );
}

/** One word for a capture; the newest ones stand in the panel anyway. */
export function FindingsChip({ capture }: { capture: Capture }): JSX.Element | null {
  const m = messages.value.facecheck;
  const { findings } = capture;
  if (capture.analysis === "running") return <span class="spinner" role="img" aria-label={m.officer.analysing} />;
  if (!findings) return null;
  if (findings.error) {
    return (
      <span class="chip warn" title={m.officer.analysisError}>
        <Icon name="warn" />
        <span class="visually-hidden">{m.officer.analysisError}</span>
      </span>
    );
  }
  const decision = findings.comparison?.decision;
  return decision ? <DecisionChip decision={decision} /> : null;
}
