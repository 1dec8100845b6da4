import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { messages, nameOf } from "../client/i18n";
import { testId } from "../client/testids";
import { Banners, Brand, Button, Heading, Preferences } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import { CalendarView } from "./calendar/calendar_view";
import { ChecksView } from "./check_list";
import { DayView } from "./day";
import { Keyboard } from "./help";
import { InterviewView } from "./interview";
import { listenForKeys } from "./keys";
import { OrderView } from "./orders/order_view";
import { QueueView } from "./orders/queue_view";
import { Sections } from "./sections";
import type { OfficerSession } from "./session";
import { SignInView } from "./sign_in";
import { Toasts } from "./toasts";

export interface PageProps {
  session: OfficerSession;
}

export function App({ session }: PageProps): JSX.Element {
  const m = messages.value;
  const officer = session.officer.value;
  useEffect(listenForKeys, []);
  return (
    <>
      <Banners lost={session.rpc.status.value === "lost"} drainingUntil={session.drainingUntil.value} />
      <header class="top" data-signed-in={officer !== null}>
        <Brand text={officer ? nameOf(officer.mission) : m.officer.brand} />
        {officer && !session.replaced.value && <Sections session={session} />}
        <div class="top-end">
          {session.demo.value && (
            <span class="chip warn demo" title={m.officer.demo}>
              <span aria-hidden="true">{officer ? m.desk.demoShort : m.officer.demo}</span>
              <span class="visually-hidden">{m.officer.demo}</span>
            </span>
          )}
          {officer && <Keyboard session={session} />}
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

export function Loading(): JSX.Element {
  return (
    <main class="column">
      <p class="loading" role="status">
        <span class="spinner" aria-hidden="true" />
        {messages.value.loading}
      </p>
    </main>
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
  if (session.starting.value) return <Loading />;
  if (!session.officer.value) return <SignInView session={session} />;
  const desk = session.desk.value;
  const order = session.orderDesk.value;
  if (desk) return <InterviewView key={desk.id} desk={desk} />;
  if (order) return <OrderView key={order.id} desk={order} />;
  return <SectionView session={session} />;
}

function SectionView({ session }: PageProps): JSX.Element {
  switch (session.section.value) {
    case "queue":
      return <QueueView session={session} />;
    case "calendar":
      return <CalendarView session={session} />;
    case "interviews":
      return <DayView session={session} />;
    case "checks":
      return <ChecksView session={session} />;
  }
}
