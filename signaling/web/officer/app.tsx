import type { JSX } from "preact";
import { language, messages, nameOf } from "../client/i18n";
import { testId } from "../client/testids";
import { clockTime, viewerZone } from "../client/time";
import { Banners, Brand, Button, Heading, Preferences } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import { DayView } from "./day";
import { InterviewView } from "./interview";
import type { OfficerSession, Toast } from "./session";
import { SignInView } from "./sign_in";

export interface PageProps {
  session: OfficerSession;
}

export function App({ session }: PageProps): JSX.Element {
  const m = messages.value;
  const officer = session.officer.value;
  return (
    <>
      <Banners lost={session.rpc.status.value === "lost"} drainingUntil={session.drainingUntil.value} />
      <header class="top">
        <Brand text={officer ? nameOf(officer.mission) : m.officer.brand} />
        <div class="top-end">
          {session.demo.value && <span class="chip warn">{m.officer.demo}</span>}
          <Preferences />
          {officer && (
            <>
              <span class="signed-in">
                <Icon name="person" />
                {officer.name}
              </span>
              <Button id="sign-out" onClick={() => void session.signOut()}>
                {m.officer.signOut}
              </Button>
            </>
          )}
        </div>
      </header>
      <Toasts session={session} />
      <Body session={session} />
    </>
  );
}

function Body({ session }: PageProps): JSX.Element {
  const m = messages.value;
  if (session.replaced.value) {
    return (
      <main class="column">
        <section class="message" {...testId("replaced")}>
          <Heading title={m.officer.replacedTitle}>{m.officer.replacedTitle}</Heading>
          <p>{m.officer.replacedText}</p>
          <Button id="use-here" onClick={() => session.takeOver()}>
            {m.officer.useHere}
          </Button>
        </section>
      </main>
    );
  }
  if (session.starting.value) {
    return (
      <main class="column">
        <p class="loading" role="status">
          <span class="spinner" aria-hidden="true" />
          {m.loading}
        </p>
      </main>
    );
  }
  if (!session.officer.value) return <SignInView session={session} />;
  const desk = session.desk.value;
  return desk ? <InterviewView key={desk.id} desk={desk} /> : <DayView session={session} />;
}

function Toasts({ session }: PageProps): JSX.Element {
  return (
    <div class="toasts" role="log" aria-live="assertive">
      {session.toasts.value.map((toast) => (
        <div key={toast.id} class={toast.kind === "declined" ? "toast" : "toast danger"} {...testId("toast")} data-kind={toast.kind}>
          <Icon name={toast.kind === "declined" ? "hangUp" : "warn"} />
          <p>{toastText(toast)}</p>
          <Button onClick={() => session.dismiss(toast)}>{messages.value.dismiss}</Button>
        </div>
      ))}
    </div>
  );
}

function toastText(toast: Toast): string {
  const m = messages.value;
  const name = toast.name ?? "";
  if (toast.problem) {
    const text = m.problems[toast.problem.code];
    return `${text.what} ${text.next}`;
  }
  if (toast.kind === "declined") return m.officer.declinedBy({ name });
  return m.officer.secondDevice({ name, time: clockTime(toast.at ?? Date.now(), language.value, viewerZone()) });
}
