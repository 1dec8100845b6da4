/** Choosing the appointment: the mission's free times by day, in the viewer's zone with the mission's beside. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Slots } from "../client/api";
import { language, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { appointmentTimes, isoDay, longDay, sameWallClock, viewerZone } from "../client/time";
import { Button, Heading, ProblemNote } from "../client/ui/basics";
import type { ViewProps } from "./app";
import { Appointment } from "./details";

const DAYS_AT_A_TIME = 5;

export function BookingView({ session }: ViewProps): JSX.Element | null {
  const m = messages.value.applicant;
  const interview = session.interview.value;
  const offer = session.offer.value;
  const offered = useMemo(() => (offer ? byDay(offer) : []), [offer]);
  const here = viewerZone();
  const elsewhere = useMemo(() => offer?.slots.some(({ at }) => !sameWallClock(at, here, offer.mission.time_zone)), [offer, here]);
  const days = useSignal(DAYS_AT_A_TIME);
  const chosen = useSignal<string | null>(null);
  const busy = useSignal(false);
  useEffect(() => void session.lookForTimes(), [session, interview?.scheduled_at]);
  if (!interview) return null;
  const moving = interview.state === "scheduled";
  const act = async (action: () => Promise<unknown>): Promise<void> => {
    busy.value = true;
    await action();
    busy.value = false;
    chosen.value = null;
  };
  return (
    <section class="stack" {...testId("booking")} data-state={interview.state}>
      {interview.state === "required" && (
        <>
          <Heading title={m.bookTitle}>{m.bookTitle}</Heading>
          <p class="lead">{m.bookText}</p>
        </>
      )}
      {moving && <Appointment interview={interview} />}
      {moving && (
        <div class="row-actions">
          <Button id="calendar-file" icon="calendar" look="plain" onClick={() => void session.saveAppointment()}>
            {messages.value.orders.calendarFile}
          </Button>
          <Button id="give-back" look="plain" busy={busy.value} onClick={() => void act(() => session.giveBack())}>
            {m.bookGiveBack}
          </Button>
        </div>
      )}
      {interview.state !== "required" && <h2>{m.bookAgain}</h2>}
      {session.problem.value && <ProblemNote problem={session.problem.value} />}
      {offer && (
        <div class="muted">
          <p>{m.bookTimes({ n: offer.bookings_left })}</p>
          {elsewhere && <p>{m.bookZone}</p>}
        </div>
      )}
      {offer && offer.slots.length === 0 && <p>{m.bookNone}</p>}
      {offer && offer.bookings_left > 0 && (
        <>
          {offered.slice(0, days.value).map(([day, times]) => (
            <Day key={day} day={day} times={times} zone={offer.mission.time_zone} chosen={chosen} />
          ))}
          {offered.length > days.value && (
            <Button id="book-more" look="plain" onClick={() => (days.value += DAYS_AT_A_TIME)}>
              {m.bookMore}
            </Button>
          )}
          <div class="book-bar">
            <Button
              id="book"
              look="primary"
              busy={busy.value}
              disabled={chosen.value === null}
              onClick={() => void act(async () => chosen.value !== null && (await session.book(chosen.value)))}
            >
              {moving ? m.bookMove : m.bookConfirm}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

/** By the viewer's days, in order. */
function byDay(offer: Slots): [string, string[]][] {
  const days = new Map<string, string[]>();
  const zone = viewerZone();
  for (const { at } of offer.slots) {
    if (at === offer.scheduled_at) continue;
    const day = isoDay(at, zone);
    days.set(day, [...(days.get(day) ?? []), at]);
  }
  return [...days];
}

interface DayProps {
  day: string;
  times: string[];
  zone: string;
  chosen: { value: string | null };
}

function Day({ day, times, zone, chosen }: DayProps): JSX.Element {
  const here = viewerZone();
  return (
    <section class="card" {...testId("book-day")} data-day={day}>
      <h3>{longDay(times[0] ?? day, language.value, here)}</h3>
      <div class="times">
        {times.map((at) => {
          const { viewer, mission } = appointmentTimes(at, language.value, here, zone);
          return (
            <button
              key={at}
              type="button"
              class="time"
              aria-pressed={chosen.value === at}
              onClick={() => (chosen.value = at)}
              {...testId("book-time")}
              data-at={at}
            >
              {viewer.time}
              {mission && <small>{mission.time}</small>}
            </button>
          );
        })}
      </div>
    </section>
  );
}
