/** The device check: camera, microphone, and the way to the media server. */
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { messages } from "../client/i18n";
import { probe, type ProbeResult } from "../client/probe";
import { toProblem, type Problem } from "../client/problem";
import { meter } from "../client/sound";
import { testId } from "../client/testids";
import { Button, Heading, ProblemNote, Video } from "../client/ui/basics";
import { Icon, type IconName } from "../client/ui/icons";
import type { ViewProps } from "./app";
import { Appointment } from "./details";
import type { ApplicantSession } from "./session";

/* Quiet rooms lie below; a voice at arm's length above. */
const HEARD = 0.35;

type Mark = "open" | "running" | "good" | "warn" | "bad";

export function CheckView({ session }: ViewProps): JSX.Element {
  const m = messages.value;
  const { local } = session;
  const begun = useSignal(false);
  const stream = local.stream.value;
  const test = useConnectionTest(session, stream);
  const interview = session.interview.value;

  const begin = (): void => {
    begun.value = true;
    void local.open();
  };
  useEffect(() => {
    if (stream) begun.value = true;
    else void alreadyAllowed().then((allowed) => allowed && begin());
  }, []);

  const complete = local.camera.value !== "none" && local.microphone.value !== "none";
  const verdict = test.result.value?.verdict;
  const sure = verdict === "good" || verdict === "weak";
  // An interpreter is heard; everybody else has to be seen.
  const enough = complete || (interview?.you.role === "interpreter" && local.microphone.value !== "none");
  return (
    <section class="stack" {...testId("device-check")}>
      <Heading title={m.applicant.checkTitle}>{m.applicant.checkTitle}</Heading>
      <p>{m.applicant.checkIntro}</p>
      {interview && <Appointment interview={interview} />}
      {begun.value ? (
        <>
          <ol class="checks">
            <CameraItem session={session} />
            <MicrophoneItem session={session} />
            <ConnectionItem test={test} />
          </ol>
          {local.problem.value && (
            <ProblemNote problem={local.problem.value}>
              <Button onClick={() => void local.reopen()}>{m.tryAgain}</Button>
            </ProblemNote>
          )}
          {session.problem.value && <ProblemNote problem={session.problem.value} />}
          <div class="actions">
            <Button id="continue" look={sure ? "primary" : "plain"} disabled={!enough || test.running.value} onClick={() => void session.ready()}>
              {sure || !verdict ? m.applicant.continue : m.applicant.continueAnyway}
            </Button>
            {!enough && <p class="muted">{m.applicant.continueHint}</p>}
          </div>
        </>
      ) : (
        <div class="actions">
          <p class="muted">{m.applicant.checkAsk}</p>
          <Button id="start-check" look="primary" onClick={begin}>
            {m.applicant.checkStart}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Whether the browser will not ask; then the check starts by itself. Not every browser tells. */
async function alreadyAllowed(): Promise<boolean> {
  try {
    const name = "camera" as PermissionName; // known to browsers before the DOM types
    return (await navigator.permissions.query({ name })).state === "granted";
  } catch {
    return false;
  }
}

function Item(props: {
  icon: IconName;
  title: string;
  mark: Mark;
  id: string;
  verdict?: string | undefined;
  status: ComponentChildren;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <li class="check" data-mark={props.mark}>
      <div class="check-head">
        <Icon name={props.icon} />
        <h2>{props.title}</h2>
        <span class="check-mark" aria-hidden="true">
          {props.mark === "running" ? <span class="spinner" /> : <Icon name={markIcon(props.mark)} />}
        </span>
      </div>
      <div role="status" {...testId(props.id)} data-verdict={props.verdict}>
        {props.status}
      </div>
      {props.children}
    </li>
  );
}

function markIcon(mark: Mark): IconName {
  if (mark === "good") return "check";
  return mark === "open" ? "clock" : "warn";
}

function CameraItem({ session: { local } }: ViewProps): JSX.Element {
  const m = messages.value;
  const there = local.camera.value !== "none";
  const mark: Mark = there ? "good" : local.problem.value ? "bad" : "running";
  const problem = local.problem.value;
  const text = there
    ? m.applicant.cameraGood
    : problem
      ? m.problems[problem.code].what
      : m.applicant.waitingForPermission;
  return (
    <Item icon="camera" title={m.applicant.camera} mark={mark} id="camera-status" status={<p>{text}</p>}>
      {there && (
        <div class="preview">
          <Video stream={local.stream.value} name={m.applicant.cameraPreview} id="self-view" muted mirrored={local.facesUser.value} />
        </div>
      )}
      {there && local.cameras.value.length > 1 && (
        <Button id="switch-camera" icon="switch" onClick={() => void local.nextCamera()}>
          {m.switchCamera}
        </Button>
      )}
    </Item>
  );
}

function MicrophoneItem({ session: { local } }: ViewProps): JSX.Element {
  const m = messages.value;
  const level = useSignal(0);
  const heard = useSignal(false);
  const stream = local.stream.value;
  const there = local.microphone.value !== "none";
  useEffect(() => {
    if (!stream || stream.getAudioTracks().length === 0) return undefined;
    return meter(stream, (value) => {
      level.value = value;
      if (value > HEARD) heard.value = true;
    });
  }, [stream]);
  const problem = local.problem.value;
  const mark: Mark = there ? (heard.value ? "good" : "running") : problem ? "bad" : "running";
  const text = there
    ? heard.value
      ? m.applicant.microphoneGood
      : m.applicant.microphoneListen
    : problem
      ? m.problems[problem.code].what
      : m.applicant.waitingForPermission;
  return (
    <Item icon="mic" title={m.applicant.microphone} mark={mark} id="microphone-status" status={<p>{text}</p>}>
      {there && <LevelBar level={level} name={m.applicant.microphoneLevel} />}
    </Item>
  );
}

function LevelBar({ level, name }: { level: Signal<number>; name: string }): JSX.Element {
  const percent = Math.round(level.value * 100);
  return (
    <div class="level" role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div style={{ transform: `scaleX(${level.value})` }} />
    </div>
  );
}

interface ConnectionTest {
  running: Signal<boolean>;
  result: Signal<ProbeResult | null>;
  problem: Signal<Problem | null>;
  run: () => void;
}

/** Runs once camera and microphone are there, or will not be: the network is worth knowing either way. */
function useConnectionTest(session: ApplicantSession, stream: MediaStream | null): ConnectionTest {
  const running = useSignal(false);
  const result = useSignal<ProbeResult | null>(null);
  const problem = useSignal<Problem | null>(null);
  const refused = session.local.problem.value !== null;
  const run = (): void => {
    if (running.peek()) return;
    running.value = true;
    result.value = null;
    problem.value = null;
    probe(session.rpc, session.local.stream.peek())
      .then((found) => (result.value = found))
      .catch((error: unknown) => (problem.value = toProblem(error)))
      .finally(() => (running.value = false));
  };
  useEffect(() => {
    if ((stream || refused) && !result.peek()) run();
  }, [stream, refused]);
  return { running, result, problem, run };
}

function ConnectionItem({ test }: { test: ConnectionTest }): JSX.Element {
  const m = messages.value;
  const result = test.result.value;
  const problem = test.problem.value;
  const verdict = result?.verdict;
  const mark: Mark = test.running.value
    ? "running"
    : verdict === "good"
      ? "good"
      : verdict === "weak"
        ? "warn"
        : verdict || problem
          ? "bad"
          : "open";
  return (
    <Item
      icon="network"
      title={m.connection}
      mark={mark}
      id="connection-verdict"
      verdict={verdict ?? (problem ? "error" : undefined)}
      status={<ConnectionStatus test={test} />}
    >
      {(verdict || problem) && (
        <Button id="test-again" onClick={test.run}>
          {m.applicant.testAgain}
        </Button>
      )}
    </Item>
  );
}

function ConnectionStatus({ test }: { test: ConnectionTest }): JSX.Element {
  const m = messages.value;
  const result = test.result.value;
  const problem = test.problem.value;
  if (test.running.value) return <p>{m.applicant.connectionTesting}</p>;
  if (problem) {
    const text = m.problems[problem.code];
    return (
      <p>
        {text.what} {text.next}
      </p>
    );
  }
  if (!result) return <p>{m.applicant.notChecked}</p>;
  const text = m.applicant.verdicts[result.verdict];
  const { stats } = result;
  const measured = [
    stats?.round_trip_ms != null ? m.applicant.roundTrip({ ms: stats.round_trip_ms }) : "",
    stats?.available_bps != null ? m.applicant.bitrate({ mbit: (stats.available_bps / 1e6).toFixed(1) }) : "",
  ].filter((part) => part !== "");
  return (
    <>
      <p>
        {text.what} {text.next}
      </p>
      {measured.length > 0 && <p class="muted">{measured.join(" · ")}</p>}
    </>
  );
}
