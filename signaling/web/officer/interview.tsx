/** One interview: before, during and after its call. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { language, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { appointmentTimes, stopwatch, viewerZone } from "../client/time";
import { Button, Heading, ProblemNote, secondsSince } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import { CaptureBar, CaptureStrip } from "./captures";
import { CheckPanel } from "./check_panel";
import { Loading } from "./app";
import { StateChip } from "./day";
import type { Desk } from "./desk";
import { AbortDialog, EndDialog, MissedDialog } from "./finish";
import { FindingsPanel } from "./findings";
import { Notes } from "./notes";
import { Participants } from "./participants";
import { SamePersonPanel } from "./same_person";
import { Stage } from "./stage";

export interface DeskProps {
  desk: Desk;
}

export function InterviewView({ desk }: DeskProps): JSX.Element {
  const m = messages.value;
  const interview = desk.interview.value;
  if (!interview) return <Loading />;
  const problem = desk.session.local.problem.value ?? desk.call.problem.value;
  const name = desk.applicant.value?.name ?? interview.order_ref;
  return (
    <main class="desk" {...testId("interview")} data-state={interview.state}>
      <div class="desk-head">
        <a class="button" href={desk.session.backPath} {...testId("back")}>
          <Icon name="back" />
          {m.officer.back}
        </a>
        <Heading title={`${name} · ${m.officer.title}`}>{name}</Heading>
        <StateChip state={interview.state} />
        {interview.state === "in_call" && <span class="timer">{stopwatch(secondsSince(interview.state_since))}</span>}
        <span class="muted desk-facts">
          {m.documents[interview.document]} · {interview.order_ref} · <When desk={desk} />
        </span>
        <Finish desk={desk} />
      </div>
      <div class="desk-main">
        <Stage desk={desk} />
        {problem && (
          <ProblemNote problem={problem}>
            {desk.session.local.problem.value && (
              <Button onClick={() => void desk.session.local.reopen()}>{m.tryAgain}</Button>
            )}
          </ProblemNote>
        )}
        {desk.conducting.value && <CaptureBar desk={desk} />}
        <CaptureStrip desk={desk} />
      </div>
      <div class="desk-side">
        <Participants desk={desk} />
        <FindingsPanel desk={desk} />
        {interview.state === "in_call" && <SamePersonPanel desk={desk} />}
        <CheckPanel desk={desk} />
        <Notes desk={desk} />
      </div>
    </main>
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

/** The ways an interview comes to its end; each is confirmed. */
function Finish({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value.officer;
  const asking = useSignal<"end" | "abort" | "missed" | null>(null);
  const state = desk.interview.value?.state;
  const live = state === "scheduled" || state === "waiting" || state === "ringing" || state === "in_call";
  const close = (): void => void (asking.value = null);
  if (!live) return null;
  return (
    <div class="finish">
      {(state === "scheduled" || state === "waiting") && (
        <Button id="mark-missed" onClick={() => (asking.value = "missed")}>
          {m.markMissed}
        </Button>
      )}
      <Button id="abort" onClick={() => (asking.value = "abort")}>
        {m.abort}
      </Button>
      {state === "in_call" && (
        <Button id="end-call" look="danger" icon="hangUp" onClick={() => (asking.value = "end")}>
          {m.endCall}
        </Button>
      )}
      {asking.value === "end" && <EndDialog desk={desk} onClose={close} />}
      {asking.value === "abort" && <AbortDialog desk={desk} onClose={close} />}
      {asking.value === "missed" && <MissedDialog desk={desk} onClose={close} />}
    </div>
  );
}
