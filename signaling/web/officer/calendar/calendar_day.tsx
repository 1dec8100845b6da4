/** One day of the calendar: a column of hours on a wide screen, a list on a narrow one. */
import type { JSX } from "preact";
import type { Calendar as Shown, CalendarDay, CalendarEntry } from "../../client/api_review";
import { language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { clockTime, dayInWords, shortDay } from "../../client/time";
import type { Calendar } from "./calendar";
import { isOver, minuteOfDay, place, placesOf, type Placed } from "./grid";

interface Hours {
  from: number;
  to: number;
}

export function HourLines({ hours }: { hours: Hours }): JSX.Element {
  const all = Array.from({ length: hours.to - hours.from }, (_, index) => hours.from + index);
  return (
    <div class="hour-lines" aria-hidden="true">
      {all.map((hour) => (
        <span key={hour} style={{ "--row": hour - hours.from }}>
          {String(hour).padStart(2, "0")}:00
        </span>
      ))}
    </div>
  );
}

interface DayProps {
  calendar: Calendar;
  data: Shown;
  day: CalendarDay;
  hours: Hours;
  today: boolean;
  now: number;
}

export function DayColumn({ calendar, data, day, hours, today, now }: DayProps): JSX.Element {
  const m = messages.value.desk.calendar;
  const places = placesOf(day, data.capacity, now);
  const closed = day.holiday || day.slots.length === 0;
  const open = places.total > 0 ? m.free(places) : m.over;
  const placed = place(day, data.time_zone);
  const minute = minuteOfDay(new Date(now).toISOString(), data.time_zone);
  const showNow = today && minute >= hours.from * 60 && minute < hours.to * 60;
  return (
    <section class="calendar-day" data-today={today} data-closed={closed} aria-label={dayInWords(day.day, language.value)} {...testId("calendar-day")} data-day={day.day}>
      <div class="calendar-day-head">
        <button type="button" class="day-name" onClick={() => calendar.show("day", day.day)}>
          {shortDay(day.day, language.value)}
        </button>
        <span class="muted small">{day.holiday ? m.holiday : closed ? m.closed : open}</span>
      </div>
      <div class="calendar-day-body">
        {day.slots.map((slot) => (
          <span
            key={slot.at}
            class="slot"
            data-free={isOver(slot.at, now) ? "over" : slot.free}
            aria-hidden="true"
            style={{ "--from": minuteOfDay(slot.at, data.time_zone) - hours.from * 60, "--minutes": data.length_min }}
          >
            {data.view === "day" && !isOver(slot.at, now) && <span>{slot.free > 0 ? m.freeAt({ n: slot.free }) : m.fullAt}</span>}
          </span>
        ))}
        {placed.length === 0 && <p class="muted small nobody">{m.nothing}</p>}
        <ul>
          {placed.map((one) => (
            <Entry key={one.entry.interview_id} calendar={calendar} data={data} placed={one} hours={hours} />
          ))}
        </ul>
        {showNow && <span class="now" style={{ "--from": minute - hours.from * 60 }} aria-hidden="true" />}
      </div>
    </section>
  );
}

function Entry({ calendar, data, placed, hours }: { calendar: Calendar; data: Shown; placed: Placed; hours: Hours }): JSX.Element {
  const { entry, from, lane, lanes } = placed;
  return (
    <li data-lanes={lanes > 1 ? "many" : "one"} style={{ "--from": from - hours.from * 60, "--minutes": entry.length_min, "--lane": lane, "--lanes": lanes }}>
      <EntryButton calendar={calendar} entry={entry} zone={data.time_zone} />
    </li>
  );
}

export function EntryButton({ calendar, entry, zone }: { calendar: Calendar; entry: CalendarEntry; zone: string }): JSX.Element {
  const m = messages.value;
  const time = entry.scheduled_at === null ? "" : clockTime(entry.scheduled_at, language.value, zone);
  return (
    <button
      type="button"
      class="calendar-entry"
      aria-pressed={calendar.chosen.value === entry.interview_id}
      title={`${time} ${entry.applicant}, ${m.states[entry.state]}`}
      onClick={() => calendar.choose(calendar.chosen.peek() === entry.interview_id ? null : entry.interview_id)}
      {...testId("calendar-entry")}
      data-interview={entry.interview_id}
      data-state={entry.state}
    >
      {time !== "" && <span class="entry-time">{time}</span>}
      <span class="entry-name">{entry.applicant}</span>
      <span class="visually-hidden">{m.states[entry.state]}</span>
      {entry.assigned && <span class="entry-officer">{entry.assigned.name}</span>}
    </button>
  );
}
