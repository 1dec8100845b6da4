/** The call: the officer large, everybody else small, and what is asked of the person now. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Incoming } from "../client/call";
import type { Interview, QualityLevel } from "../client/api";
import { messages } from "../client/i18n";
import { keepAwake } from "../client/page";
import { testId } from "../client/testids";
import { stopwatch } from "../client/time";
import { Button, Heading, LanguageSwitch, ProblemNote, QualityMark, RoundButton, secondsSince, SwitchedOff, Video } from "../client/ui/basics";
import { DeviceButtons } from "../client/ui/device_buttons";
import { Icon } from "../client/ui/icons";
import type { ViewProps } from "./app";
import type { ApplicantSession } from "./session";

export function CallView({ session }: ViewProps): JSX.Element | null {
  const m = messages.value;
  const { call, local } = session;
  const interview = session.interview.value;
  useEffect(keepAwake, []);
  if (!interview) return null;
  const officer = call.incoming.value.find((party) => party.role === "officer");
  const others = call.incoming.value.filter((party) => party.role !== "officer");
  const problem = local.problem.value ?? call.problem.value;
  return (
    <main class="call" {...testId("call")} data-state={call.state.value}>
      <div class="call-top">
        <Heading title={m.applicant.callTitle}>{officer?.name ?? m.applicant.callTitle}</Heading>
        <SwitchedOff sends={officer && session.room.sends.value.get(officer.party_id)} />
        <span class="timer">{stopwatch(secondsSince(interview.state_since))}</span>
        <QualityMark level={ownLevel(session, interview)} words />
        <LanguageSwitch />
      </div>
      <div class="stage">
        {officer && <Video key={officer.party_id} stream={officer.stream} name={m.videoOf({ name: officer.name })} id="remote-video" />}
        <StageNote session={session} officer={officer} />
        <div class="tiles">
          {others.map((party) => (
            <OtherParty key={party.party_id} party={party} session={session} />
          ))}
          <div class="tile own">
            {local.camera.value === "on" ? (
              <Video stream={local.stream.value} name={m.selfView} id="self-view" muted mirrored={local.facesUser.value} />
            ) : (
              <span class="no-picture">
                <Icon name="cameraOff" />
              </span>
            )}
            <span class="tile-name">{m.you}</span>
          </div>
        </div>
        <OfficersHint session={session} />
        <HoldStill session={session} />
      </div>
      {problem && (
        <ProblemNote problem={problem}>
          {local.problem.value && <Button onClick={() => void local.reopen()}>{m.tryAgain}</Button>}
        </ProblemNote>
      )}
      <div class="controls" role="toolbar" aria-label={m.callControls}>
        <DeviceButtons local={local} />
        <RoundButton id="leave" icon="hangUp" look="hang-up" name={m.applicant.leave} onClick={() => session.leave()} />
      </div>
    </main>
  );
}

/** The server's judgement, unless we know better: a broken connection cannot be told by it. */
function ownLevel(session: ApplicantSession, interview: Interview): QualityLevel {
  if (session.call.state.value === "recovering") return "lost";
  return session.room.quality.value.get(interview.you.party_id ?? "")?.level ?? "good";
}

function StageNote({ session, officer }: ViewProps & { officer: Incoming | undefined }): JSX.Element | null {
  const m = messages.value.applicant;
  const state = session.call.state.value;
  const away = session.interview.value?.parties.find((party) => party.role === "officer")?.media !== "connected";
  const text =
    state === "recovering"
      ? m.recovering
      : state !== "connected"
        ? m.connecting
        : away
          ? m.officerAway
          : !officer
            ? m.officerWaits
            : null;
  return (
    <div class="stage-note" role="status" aria-live="polite">
      {text !== null && (
        <p>
          <span class="spinner" aria-hidden="true" />
          {text}
        </p>
      )}
    </div>
  );
}

function OtherParty({ party, session }: ViewProps & { party: Incoming }): JSX.Element {
  const m = messages.value;
  const sent = session.room.sends.value.get(party.party_id);
  return (
    <div class="tile" {...testId("other-party")} data-party={party.party_id}>
      <Video stream={party.stream} name={m.videoOf({ name: party.name })} />
      <span class="tile-name">
        <SwitchedOff sends={sent} />
        {party.name}
      </span>
    </div>
  );
}

/** What the officer asks for with one click; said aloud too. */
function OfficersHint({ session }: ViewProps): JSX.Element {
  const m = messages.value.desk;
  const told = session.room.taking.value ? null : session.room.hint.value; // one at a time
  return (
    <div class="hint-place" role="alert" aria-live="assertive">
      {told && (
        <p class="officers-hint" {...testId("officers-hint")} data-hint={told.hint}>
          <Icon name="speech" />
          <span>
            {m.hintsTo[told.hint]}
            <span class="hint-from">{m.hint.from({ name: told.from })}</span>
          </span>
        </p>
      )}
    </div>
  );
}

/** Said aloud by screen readers, so the region is always there and only its content changes. */
function HoldStill({ session }: ViewProps): JSX.Element {
  const m = messages.value.applicant;
  const taking = session.room.taking.value;
  const interview = session.interview.value;
  const own = taking !== null && taking.party_id === interview?.you.party_id;
  const name = interview?.parties.find((party) => party.id === taking?.party_id)?.name ?? "";
  return (
    <div class="hold-still-place" role="alert" aria-live="assertive">
      {taking && (
        <p class={own ? "hold-still own" : "hold-still"} {...testId("hold-still")} data-kind={taking.kind}>
          <Icon name={taking.kind} />
          {!own ? m.pictureOf({ name }) : taking.kind === "document" ? m.holdDocument : m.holdStill}
        </p>
      )}
    </div>
  );
}
