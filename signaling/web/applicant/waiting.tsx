/** Before the call: the countdown until the waiting room opens, and the waiting room. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { language, messages } from "../client/i18n";
import { keepAwake } from "../client/page";
import { allowSound, soundAllowed } from "../client/sound";
import { testId } from "../client/testids";
import { dayAndTime, stopwatch, viewerZone } from "../client/time";
import { Button, Heading, ProblemNote, secondsSince, Video } from "../client/ui/basics";
import type { ViewProps } from "./app";
import { BookingView } from "./booking";
import { Appointment, Notices, People } from "./details";

export function CountdownView({ session }: ViewProps): JSX.Element {
  const m = messages.value.applicant;
  const opensAt = session.opensAt.value ?? session.interview.value?.opens_at ?? null;
  useEffect(keepAwake, []);
  return (
    <section class="stack" {...testId("countdown")}>
      <Heading title={m.countdownTitle}>{m.countdownTitle}</Heading>
      <p>{m.countdownText}</p>
      {opensAt !== null && (
        <div class="card countdown">
          <p class="eyebrow">{m.opensIn}</p>
          <p class="clock" role="timer">
            {stopwatch(Math.ceil(-secondsSince(opensAt)))}
          </p>
          <p class="muted">
            {m.opensAt} {dayAndTime(opensAt, language.value, viewerZone())}
          </p>
        </div>
      )}
      {session.mayBook.value && <BookingView session={session} />}
      <Notices />
    </section>
  );
}

export function WaitingView({ session }: ViewProps): JSX.Element | null {
  const m = messages.value;
  const { local } = session;
  const interview = session.interview.value;
  useEffect(keepAwake, []);
  if (!interview) return null;
  const running = interview.state === "in_call" || session.accepted.value;
  const late = interview.state === "waiting" && interview.scheduled_at !== null && secondsSince(interview.scheduled_at) > 60;
  const text = running ? m.applicant.waitingJoin : late ? m.applicant.waitingLate : m.applicant.waitingText;
  return (
    <section class="stack" {...testId("waiting-room")}>
      <Heading title={m.applicant.waitingTitle}>{m.applicant.waitingTitle}</Heading>
      <p class="lead" role="status">
        {session.declined.value ? m.applicant.declined : text}
      </p>
      {!soundAllowed.value && (
        <div class="note">
          <p>{m.applicant.soundOff}</p>
          <Button id="ring-on" icon="sound" onClick={allowSound}>
            {m.applicant.soundOn}
          </Button>
        </div>
      )}
      {session.problem.value && <ProblemNote problem={session.problem.value} />}
      {local.problem.value && (
        <ProblemNote problem={local.problem.value}>
          <Button onClick={() => void local.reopen()}>{m.tryAgain}</Button>
        </ProblemNote>
      )}
      <Notices />
      <Appointment interview={interview} />
      <People interview={interview} />
      {local.camera.value !== "none" && (
        <section class="card own-picture">
          <Video stream={local.stream.value} name={m.selfView} id="self-view" muted mirrored={local.facesUser.value} />
          <p class="muted">{m.applicant.ownPicture}</p>
        </section>
      )}
      <div class="actions">
        <Button id="check-again" onClick={() => (session.rechecking.value = true)}>
          {m.applicant.checkAgain}
        </Button>
      </div>
    </section>
  );
}
