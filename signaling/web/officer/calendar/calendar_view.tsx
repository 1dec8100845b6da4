/** The mission's day or week: who comes when, what is free, and who has still to choose. */
import type { JSX } from "preact";
import { serverNowMs, ticking } from "../../client/clock";
import type { Calendar as Shown } from "../../client/api_review";
import { language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { dayInWords, isoDay } from "../../client/time";
import { Button, Heading } from "../../client/ui/basics";
import { Icon, type IconName } from "../../client/ui/icons";
import { Loading, type PageProps } from "../app";
import { useShortcuts } from "../keys";
import { go, interviewPath } from "../route";
import type { Calendar, Span } from "./calendar";
import { DayColumn, HourLines } from "./calendar_day";
import { CalendarSide } from "./calendar_side";
import { hoursOf, neighbour } from "./grid";

export function CalendarView({ session }: PageProps): JSX.Element {
  const { calendar } = session;
  const data = calendar.data.value;
  useCalendarKeys(calendar);
  if (!data) return <Loading />;
  const hours = hoursOf(data.days, data.time_zone, data.length_min);
  const today = isoDay(serverNowMs(), data.time_zone);
  return (
    <main class="calendar-page" {...testId("calendar")} data-view={data.view} data-chosen={calendar.chosen.value !== null}>
      <CalendarHead calendar={calendar} data={data} today={today} />
      <div class="calendar-grid" data-view={data.view} style={{ "--hours": hours.to - hours.from }}>
        <HourLines hours={hours} />
        {data.days.map((day) => (
          <DayColumn key={day.day} calendar={calendar} data={data} day={day} hours={hours} today={day.day === today} now={ticking.value} />
        ))}
      </div>
      <CalendarSide session={session} data={data} />
    </main>
  );
}

function titleOf(data: Shown): string {
  const first = data.days[0]?.day ?? "";
  const last = data.days[data.days.length - 1]?.day ?? first;
  if (first === last) return dayInWords(first, language.value);
  return `${dayInWords(first, language.value)} – ${dayInWords(last, language.value)}`;
}

function CalendarHead({ calendar, data, today }: { calendar: Calendar; data: Shown; today: string }): JSX.Element {
  const m = messages.value;
  const week = data.view === "week";
  const first = data.days[0]?.day ?? today;
  const here = data.days.some((day) => day.day === today);
  return (
    <div class="page-head">
      <div>
        <Heading title={`${m.desk.calendar.title} · ${m.officer.title}`}>{titleOf(data)}</Heading>
        <p class="muted">{m.desk.calendar.zone({ zone: data.time_zone })}</p>
      </div>
      <div class="segments" role="group" aria-label={m.desk.calendar.view}>
        {(["day", "week"] as const).map((span: Span) => (
          <button
            key={span}
            type="button"
            aria-pressed={data.view === span}
            onClick={() => calendar.show(span)}
            {...testId(`calendar-${span}`)}
          >
            {m.desk.calendar[span]}
          </button>
        ))}
      </div>
      <div class="day">
        <Step id="calendar-previous" icon="back" name={week ? m.desk.calendar.previousWeek : m.officer.previousDay} onClick={() => calendar.step(-1)} />
        <input
          type="date"
          aria-label={m.officer.day}
          value={first}
          onChange={(event) => event.currentTarget.value && calendar.show(calendar.span.peek(), event.currentTarget.value)}
          {...testId("calendar-date")}
        />
        <Step id="calendar-next" icon="forward" name={week ? m.desk.calendar.nextWeek : m.officer.nextDay} onClick={() => calendar.step(1)} />
        <Button id="calendar-today" disabled={here} onClick={() => calendar.today()}>
          {m.officer.today}
        </Button>
      </div>
    </div>
  );
}

function Step(props: { id: string; icon: IconName; name: string; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="button" aria-label={props.name} title={props.name} onClick={props.onClick} {...testId(props.id)}>
      <Icon name={props.icon} />
    </button>
  );
}

function useCalendarKeys(calendar: Calendar): void {
  const m = messages.value;
  const words = m.desk.calendar;
  const week = calendar.span.value === "week";
  const move = (key: string) => (): void => {
    const data = calendar.data.peek();
    if (!data) return;
    const next = neighbour(data.days, calendar.chosen.peek(), key, data.time_zone);
    if (next === null) return;
    calendar.choose(next);
    document.querySelector<HTMLElement>(`.calendar-grid [data-interview="${CSS.escape(next)}"]`)?.focus();
  };
  const chosen = calendar.chosen.value;
  useShortcuts(m.desk.keys.calendar, [
    ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((key) => ({ keys: key, name: words.move, act: move(key) })),
    { keys: "n", name: week ? words.nextWeek : m.officer.nextDay, act: () => calendar.step(1) },
    { keys: "p", name: week ? words.previousWeek : m.officer.previousDay, act: () => calendar.step(-1) },
    { keys: "t", name: m.officer.today, act: () => calendar.today() },
    { keys: "d", name: words.day, act: () => calendar.show("day") },
    { keys: "w", name: words.week, act: () => calendar.show("week") },
    ...(chosen === null
      ? []
      : [
          { keys: "o", name: words.openInterview, act: () => go(interviewPath(chosen)) },
          { keys: "Escape", name: words.deselect, act: () => calendar.choose(null) },
        ]),
  ]);
}
