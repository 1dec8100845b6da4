/** One interview: before, during and after its call. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { interviewIsOver } from "../client/api";
import { language, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { appointmentTimes, stopwatch, viewerZone } from "../client/time";
import { Button, Heading, ProblemNote, secondsSince } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import { Loading } from "./app";
import { CaptureBar, CaptureStrip } from "./captures";
import { AskDialog, HandOverDialog } from "./conduct/colleague_dialogs";
import { Compare } from "./conduct/compare";
import { HintBar } from "./conduct/hint_bar";
import { OpinionPanel } from "./conduct/opinion_panel";
import { ScriptPanel } from "./conduct/script_panel";
import { Side, useRoomy } from "./conduct/side";
import { StateChip } from "./day";
import type { Desk } from "./desk";
import { BackLink } from "./back";
import { AbortDialog, EndDialog, MissedDialog } from "./finish";
import { useShortcuts, type Shortcut } from "./keys";
import { Participants } from "./participants";
import { go, orderPath } from "./route";
import { Stage } from "./stage";

export interface DeskProps {
  desk: Desk;
}

type Asking = "end" | "abort" | "missed" | "hand_over" | "opinion";

export function InterviewView({ desk }: DeskProps): JSX.Element {
  const m = messages.value;
  const interview = desk.interview.value;
  const roomy = useRoomy();
  const asking = useSignal<Asking | null>(null);
  useInterviewKeys(desk, (what) => (asking.value = what));
  if (!interview) return <Loading />;
  const problem = desk.session.local.problem.value ?? desk.call.problem.value;
  const name = desk.applicant.value?.name ?? interview.order_ref;
  return (
    <main class="desk" {...testId("interview")} data-state={interview.state} data-roomy={roomy}>
      <div class="desk-head">
        <BackLink session={desk.session} />
        <div class="desk-title">
          <div class="desk-name">
            <Heading title={`${name} · ${m.officer.title}`}>{name}</Heading>
            <StateChip state={interview.state} />
            {interview.state === "in_call" && <span class="timer">{stopwatch(secondsSince(interview.state_since))}</span>}
          </div>
          <p class="muted desk-facts">
            {m.documents[interview.document]} · <OrderLink desk={desk} /> · <When desk={desk} />
            {interview.assigned && ` · ${interview.assigned.name}`}
          </p>
        </div>
        <Finish desk={desk} onAsk={(what) => (asking.value = what)} />
      </div>
      {roomy && (
        <div class="desk-script card">
          <h2>{m.desk.script.title}</h2>
          <ScriptPanel desk={desk} />
        </div>
      )}
      <div class="desk-main">
        {desk.conduct.comparing.value ? <Compare desk={desk} /> : <Stage desk={desk} />}
        {problem && (
          <ProblemNote problem={problem}>
            {desk.session.local.problem.value && (
              <Button onClick={() => void desk.session.local.reopen()}>{m.tryAgain}</Button>
            )}
          </ProblemNote>
        )}
        <Offered desk={desk} />
        {desk.conducting.value && <CaptureBar desk={desk} />}
        <HintBar desk={desk} />
        <CaptureStrip desk={desk} />
      </div>
      <div class="desk-side">
        <Participants desk={desk} />
        <OpinionPanel desk={desk} />
        <Side desk={desk} roomy={roomy} />
      </div>
      <Asked desk={desk} asking={asking.value} onClose={() => (asking.value = null)} />
    </main>
  );
}

function Asked({ desk, asking, onClose }: DeskProps & { asking: Asking | null; onClose: () => void }): JSX.Element | null {
  switch (asking) {
    case "end":
      return <EndDialog desk={desk} onClose={onClose} />;
    case "abort":
      return <AbortDialog desk={desk} onClose={onClose} />;
    case "missed":
      return <MissedDialog desk={desk} onClose={onClose} />;
    case "hand_over":
      return <HandOverDialog desk={desk} onClose={onClose} />;
    case "opinion":
      return <AskDialog desk={desk} onClose={onClose} />;
    case null:
      return null;
  }
}

/** The call is on its way to a colleague, or may come to this officer. */
function Offered({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value.desk.colleagues;
  const { conduct, session, id } = desk;
  if (conduct.offeredTo.value !== null) {
    return (
      <p class="note" role="status" {...testId("offered-to")}>
        {m.offeredTo({ name: conduct.offeredTo.value })}
      </p>
    );
  }
  if (!conduct.mayTakeOver.value) return null;
  return (
    <div class="note warn" {...testId("may-take-over")}>
      <Button id="take-over" look="accept" icon="phone" onClick={() => void session.takeOverCall(id)}>
        {m.takeOver}
      </Button>
    </div>
  );
}

function OrderLink({ desk }: DeskProps): JSX.Element {
  const order = desk.conduct.order.value;
  const number = desk.interview.value?.order_ref ?? "";
  if (!order) return <>{number}</>;
  return (
    <a href={orderPath(order.id)} title={messages.value.desk.calendar.openOrder} {...testId("order-link")}>
      {number}
    </a>
  );
}

function When({ desk }: DeskProps): JSX.Element | null {
  const interview = desk.interview.value;
  if (!interview) return null;
  const zone = interview.mission.time_zone;
  const times = appointmentTimes(interview.scheduled_at ?? interview.state_since, language.value, viewerZone(), zone);
  const own = times.mission ? ` (${times.viewer.time} ${messages.value.localTime})` : "";
  return <>{`${times.mission?.time ?? times.viewer.time}${own}`}</>;
}

/** What may be done with the interview as a whole; each is confirmed. */
function Finish({ desk, onAsk }: DeskProps & { onAsk: (what: Asking) => void }): JSX.Element {
  const m = messages.value;
  const state = desk.interview.value?.state;
  const live = state === "scheduled" || state === "waiting" || state === "ringing" || state === "in_call";
  const over = interviewIsOver(state);
  const { comparing, able } = desk.conduct;
  const askable = able.value && (desk.interview.value?.opinion ?? null) === null;
  return (
    <div class="finish">
      {(state === "in_call" || over) && (
        <button type="button" class="button" aria-pressed={comparing.value} onClick={() => (comparing.value = !comparing.peek())} {...testId("compare-open")}>
          <Icon name="compare" />
          {m.desk.compare.open}
          <kbd aria-hidden="true">C</kbd>
        </button>
      )}
      {askable && (
        <Button id="ask-opinion" onClick={() => onAsk("opinion")}>
          {m.desk.colleagues.askShort}
        </Button>
      )}
      {able.value && (
        <Button id="hand-over" onClick={() => onAsk("hand_over")}>
          {m.desk.colleagues.handOver}
        </Button>
      )}
      {(state === "scheduled" || state === "waiting") && (
        <Button id="mark-missed" onClick={() => onAsk("missed")}>
          {m.officer.markMissed}
        </Button>
      )}
      {live && (
        <Button id="abort" onClick={() => onAsk("abort")}>
          {m.officer.abort}
        </Button>
      )}
      {able.value && (
        <Button id="end-call" look="danger" icon="hangUp" onClick={() => onAsk("end")}>
          {m.officer.endCall}
          <kbd aria-hidden="true">E</kbd>
        </Button>
      )}
    </div>
  );
}

function useInterviewKeys(desk: Desk, ask: (what: Asking) => void): void {
  const m = messages.value;
  const { conduct } = desk;
  const state = desk.interview.value?.state;
  const order = conduct.order.value;
  const optional: (Shortcut | false)[] = [
    state === "waiting" && { keys: "s", name: m.officer.startCall, act: () => void desk.start() },
    conduct.able.value && { keys: "e", name: m.officer.endCall, act: () => ask("end") },
    conduct.able.value && { keys: "h", name: m.desk.colleagues.handOver, act: () => ask("hand_over") },
    conduct.able.value && { keys: "q", name: m.desk.keys.script, act: () => conduct.showOpen() },
    order !== null && { keys: "b", name: m.desk.calendar.openOrder, act: () => go(orderPath(order.id)) },
  ];
  useShortcuts(m.desk.keys.interview, [
    ...optional.filter((one) => one !== false),
    { keys: "c", name: m.desk.compare.open, act: () => void (conduct.comparing.value = !conduct.comparing.peek()) },
    { keys: "u", name: m.desk.sections[desk.session.section.value], act: () => go(desk.session.backPath) },
  ]);
}
