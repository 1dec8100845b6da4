/** Taking pictures, and looking at those that were taken. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { CAPTURE_KINDS, type Capture, type CaptureKind } from "../client/api";
import { language, messages } from "../client/i18n";
import { toProblem, type Problem } from "../client/problem";
import { testId } from "../client/testids";
import { clockSeconds, dayAndTime, viewerZone } from "../client/time";
import { capturePath, type Picture } from "../client/pictures";
import { Dialog, ProblemNote } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import { CaptureFindings, FindingsChip } from "./findings";
import type { DeskProps } from "./interview";
import { singleKeys, useShortcuts } from "./keys";

const KEYS: Record<CaptureKind, string> = { face: "f", document: "d", other: "o" };

export function CaptureBar({ desk }: DeskProps): JSX.Element {
  const m = messages.value;
  useShortcuts(
    m.officer.capture,
    CAPTURE_KINDS.map((kind) => ({ keys: KEYS[kind], name: m.kinds[kind], act: () => void desk.capture(kind) })),
  );
  const able = desk.capturable.value;
  const name = desk.large.value?.name ?? "";
  return (
    <section class="capture-bar" aria-label={m.officer.capture}>
      <span class="capture-of">{m.officer.captureOf({ name })}</span>
      {CAPTURE_KINDS.map((kind) => (
        <button
          key={kind}
          type="button"
          class="button capture"
          disabled={!able}
          aria-keyshortcuts={singleKeys.value ? KEYS[kind].toUpperCase() : undefined}
          onClick={() => void desk.capture(kind)}
          {...testId(`capture-${kind}`)}
        >
          <Icon name={kind} />
          {m.kinds[kind]}
          {singleKeys.value && <kbd aria-hidden="true">{KEYS[kind].toUpperCase()}</kbd>}
        </button>
      ))}
      <CaptureStatusLine desk={desk} />
    </section>
  );
}

function CaptureStatusLine({ desk }: DeskProps): JSX.Element {
  const m = messages.value;
  const status = desk.captureStatus.value;
  return (
    <div class="capture-status" role="status" aria-live="polite" {...testId("capture-status")} data-state={status.state}>
      {status.state === "running" && (
        <p class="muted">
          <span class="spinner" aria-hidden="true" /> {m.officer.capturing}
        </p>
      )}
      {status.state === "stored" && (
        <p class="stored">
          <Icon name="check" /> {m.officer.captureStored({ seq: status.seq })}
        </p>
      )}
      {status.state === "failed" && (
        <div class="note danger" data-code={status.problem.code}>
          <Icon name="warn" />
          <p>
            <span class="strong">{m.officer.captureError}.</span> {m.problems[status.problem.code].what}{" "}
            {m.problems[status.problem.code].next}
          </p>
        </div>
      )}
    </div>
  );
}

export function CaptureStrip({ desk }: DeskProps): JSX.Element {
  const m = messages.value.officer;
  const open = desk.opened;
  const captures = desk.captures.value;
  const shown = captures.find((capture) => capture.id === open.value);
  return (
    <section class="strip" aria-labelledby="captures">
      <h2 id="captures">{m.captures}</h2>
      {captures.length === 0 && <p class="muted">{m.noCaptures}</p>}
      <ul>
        {captures.map((capture) => (
          <li key={capture.id}>
            <Thumbnail desk={desk} capture={capture} onOpen={() => (open.value = capture.id)} />
          </li>
        ))}
      </ul>
      {shown && <CaptureDialog key={shown.id} desk={desk} capture={shown} onClose={() => (open.value = null)} />}
    </section>
  );
}

interface CaptureProps extends DeskProps {
  capture: Capture;
}

function usePicture({ desk, capture }: CaptureProps): { picture: Picture | null; problem: Problem | null } {
  const picture = useSignal<Picture | null>(null);
  const problem = useSignal<Problem | null>(null);
  useEffect(() => {
    desk.pictures.get(capturePath(capture.id)).then(
      (loaded) => (picture.value = loaded),
      (error: unknown) => (problem.value = toProblem(error)),
    );
  }, [desk, capture.id]);
  return { picture: picture.value, problem: problem.value };
}

function Thumbnail({ desk, capture, onOpen }: CaptureProps & { onOpen: () => void }): JSX.Element {
  const m = messages.value;
  const { picture, problem } = usePicture({ desk, capture });
  return (
    <button
      type="button"
      class="thumbnail"
      aria-label={m.officer.captureNumber({ seq: capture.seq, kind: m.kinds[capture.kind] })}
      onClick={onOpen}
      {...testId("capture-item")}
      data-capture={capture.id}
    >
      <span class="thumbnail-picture">
        {picture && <img src={picture.url} alt="" />}
        {problem && <Icon name="warn" />}
      </span>
      <span class="thumbnail-text">
        <span class="strong">
          {capture.seq} · {m.kinds[capture.kind]}
        </span>
        <span class="muted">{clockSeconds(capture.captured_at, language.value, viewerZone())}</span>
      </span>
      <FindingsChip capture={capture} />
    </button>
  );
}

function CaptureDialog({ desk, capture, onClose }: CaptureProps & { onClose: () => void }): JSX.Element {
  const m = messages.value;
  const { picture, problem } = usePicture({ desk, capture });
  const title = m.officer.captureNumber({ seq: capture.seq, kind: m.kinds[capture.kind] });
  return (
    <Dialog title={title} id="capture-dialog" wide onClose={onClose}>
      <div class="capture-view">
        <div class="capture-picture">
          {picture && <img src={picture.url} alt={title} width={capture.width} height={capture.height} {...testId("capture-image")} />}
          {problem && <ProblemNote problem={problem} />}
        </div>
        <div class="capture-side">
          <CaptureFindings desk={desk} capture={capture} />
          <CaptureRecord desk={desk} capture={capture} picture={picture} />
        </div>
      </div>
    </Dialog>
  );
}

function CaptureRecord({ desk, capture, picture }: CaptureProps & { picture: Picture | null }): JSX.Element {
  const m = messages.value;
  const field = m.officer.recordFields;
  const party = desk.interview.value?.parties.find((other) => other.id === capture.party_id);
  const zone = viewerZone();
  const taken = dayAndTime(capture.captured_at, language.value, zone, clockSeconds);
  const plain: [string, string][] = [
    [field.party, `${party?.name ?? ""} (${m.roles[capture.party_role]})`],
    [field.kind, m.kinds[capture.kind]],
    [field.captured_at, taken],
    [field.officer, capture.officer_name],
    [field.size, `${capture.width} × ${capture.height} px`],
    [field.file, `JPEG, ${(capture.file_bytes / 1024).toFixed(1)} KiB`],
    [field.codec, capture.codec],
  ];
  const evidence: [string, string][] = [
    ["UTC", capture.captured_at],
    [field.room, capture.room],
    [field.fingerprint, capture.dtls_fingerprint],
    [field.ssrc, String(capture.ssrc)],
    [field.rtp_timestamp, String(capture.rtp_timestamp)],
    [field.frame_sha256, capture.frame_sha256],
    [field.file_sha256, capture.file_sha256],
  ];
  return (
    <div class="record" {...testId("capture-record")}>
      <h3>{m.officer.record}</h3>
      <dl>
        {plain.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {evidence.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
      <HashCheck capture={capture} picture={picture} />
    </div>
  );
}

function HashCheck({ capture, picture }: { capture: Capture; picture: Picture | null }): JSX.Element {
  const m = messages.value.officer;
  const state = !picture
    ? "checking"
    : picture.sha256 === null
      ? "unchecked"
      : picture.sha256 === capture.file_sha256.toLowerCase()
        ? "matches"
        : "differs";
  const text = { checking: m.hashChecking, unchecked: m.hashUnchecked, matches: m.hashMatches, differs: m.hashDiffers };
  return (
    <p class="hash" role="status" {...testId("hash-check")} data-state={state}>
      <Icon name={state === "matches" ? "check" : state === "differs" ? "warn" : "clock"} />
      {text[state]}
    </p>
  );
}
