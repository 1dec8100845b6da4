import type { JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Banners, Brand, Button, Heading, Preferences, ProblemNote } from "../client/ui/basics";
import { BookingView } from "./booking";
import { CallView } from "./call";
import { CheckView } from "./check";
import { IncomingView } from "./incoming";
import type { ApplicantSession } from "./session";
import { LiveView } from "./facecheck/live_view";
import { FaceCheckView } from "./facecheck/view";
import { CountdownView, WaitingView } from "./waiting";

export interface ViewProps {
  session: ApplicantSession;
}

export function App({ session }: ViewProps): JSX.Element {
  const m = messages.value.applicant;
  const view = session.view.value;
  const banners = <Banners lost={session.rpc.status.value === "lost"} drainingUntil={session.drainingUntil.value} />;
  if (view === "call") {
    return (
      <>
        {banners}
        <CallView session={session} />
      </>
    );
  }
  const submission = view === "facecheck" ? session.submission.value : null;
  if (submission?.live.running) {
    return (
      <>
        {banners}
        <LiveView submission={submission} />
      </>
    );
  }
  return (
    <>
      {banners}
      <header class="top">
        <Brand text={session.submission.value ? messages.value.facecheck.brand : m.brand} />
        <Preferences />
      </header>
      <main class="column">{submission ? <FaceCheckView submission={submission} /> : <Body session={session} />}</main>
    </>
  );
}

function Body({ session }: ViewProps): JSX.Element {
  switch (session.view.value) {
    case "problem":
      return <ProblemView session={session} />;
    case "replaced":
      return <ReplacedView session={session} />;
    case "booking":
      return <BookingView session={session} />;
    case "countdown":
      return <CountdownView session={session} />;
    case "check":
      return <CheckView session={session} />;
    case "waiting":
      return <WaitingView session={session} />;
    case "incoming":
      return <IncomingView session={session} />;
    case "over":
      return <OverView session={session} />;
    default:
      return (
        <p class="loading" role="status">
          <span class="spinner" aria-hidden="true" />
          {messages.value.loading}
        </p>
      );
  }
}

function ProblemView({ session }: ViewProps): JSX.Element | null {
  const m = messages.value;
  const problem = session.fatal.value;
  if (!problem) return null;
  const title =
    problem.code === "ticket_used"
      ? m.applicant.usedTitle
      : problem.code === "no_ticket"
        ? m.applicant.linkTitle
        : m.applicant.problemTitle;
  const hopeless = problem.code === "no_ticket" || problem.code === "browser_too_old" || problem.code === "insecure_context";
  return (
    <section class="message">
      <Heading title={title}>{title}</Heading>
      <ProblemNote problem={problem} />
      {!hopeless && <Button onClick={() => session.restart()}>{m.tryAgain}</Button>}
      {session.hasOrders.value && (
        <a class="button" href="#/" {...testId("open-home")}>
          {m.home.openHome}
        </a>
      )}
    </section>
  );
}

function ReplacedView({ session }: ViewProps): JSX.Element {
  const m = messages.value.applicant;
  return (
    <section class="message" {...testId("replaced")}>
      <Heading title={m.replacedTitle}>{m.replacedTitle}</Heading>
      <p>{session.wasCheck ? messages.value.facecheck.replacedText : m.replacedText}</p>
      <Button id="use-here" onClick={() => session.restart()}>
        {m.useHere}
      </Button>
    </section>
  );
}

function OverView({ session }: ViewProps): JSX.Element {
  const m = messages.value.applicant;
  const state = session.interview.value?.state;
  const again = state === "missed" && session.mayBook.value;
  const [title, text] =
    state === "missed"
      ? [m.missedTitle, again ? m.missedAgain : m.missedText]
      : state === "aborted"
        ? [m.abortedTitle, m.abortedText]
        : [m.endedTitle, m.endedText];
  return (
    <section class="message" {...testId("over")} data-state={state}>
      <Heading title={title}>{title}</Heading>
      <p>{text}</p>
      {again && <BookingView session={session} />}
    </section>
  );
}
