/** Beside the calendar: the chosen interview, whose it is, and who has no appointment yet. */
import type { JSX } from "preact";
import { interviewIsOver } from "../../client/api";
import type { Calendar as Shown, CalendarEntry } from "../../client/api_review";
import { language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { dayAndTime } from "../../client/time";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import type { PageProps } from "../app";
import { StateChip } from "../day";
import { OfficerSelect } from "../orders/assign";
import { interviewPath } from "../route";
import { EntryButton } from "./calendar_day";

export function CalendarSide({ session, data }: PageProps & { data: Shown }): JSX.Element {
  const m = messages.value.desk.calendar;
  const { calendar } = session;
  const entry = calendar.entry.value;
  return (
    <aside class="calendar-side">
      {entry && <Chosen key={entry.interview_id} session={session} entry={entry} zone={data.time_zone} />}
      <section class="card" aria-labelledby="unbooked" {...testId("unbooked")}>
        <div class="card-head">
          <h2 id="unbooked">{m.unbooked}</h2>
          {data.unbooked.length > 0 && <span class="count">{data.unbooked.length}</span>}
        </div>
        <p class="muted small">{data.unbooked.length === 0 ? m.unbookedNone : m.unbookedHint}</p>
        <ul class="unbooked">
          {data.unbooked.map((one) => (
            <li key={one.interview_id}>
              <EntryButton calendar={calendar} entry={one} zone={data.time_zone} />
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}

function Chosen({ session, entry, zone }: PageProps & { entry: CalendarEntry; zone: string }): JSX.Element {
  const m = messages.value;
  const words = m.desk.calendar;
  const { calendar } = session;
  const interview = calendar.interview.value;
  const when = (instant: string): string => dayAndTime(instant, language.value, zone);
  const over = interviewIsOver(entry.state);
  return (
    <section class="card chosen" aria-labelledby="chosen" {...testId("chosen")} data-interview={entry.interview_id}>
      <div class="card-head">
        <h2 id="chosen">{entry.applicant}</h2>
        <button type="button" class="quiet" aria-label={words.deselect} title={words.deselect} onClick={() => calendar.choose(null)} {...testId("deselect")}>
          <Icon name="cross" />
        </button>
      </div>
      <p>
        <StateChip state={entry.state} />
      </p>
      <p>{entry.scheduled_at === null ? words.waitsSince({ when: when(entry.state_since) }) : when(entry.scheduled_at)}</p>
      <p class="muted">
        {m.documents[entry.document]} · <span class="mono">{entry.order_ref}</span>
      </p>
      {interview && !over && (
        <div class="field">
          <label for="assign-interview">{words.assigned}</label>
          <div class="assign">
            <OfficerSelect
              session={session}
              id="assign-interview"
              name={words.assigned}
              officer={interview.assigned ?? null}
              none={words.notAssigned}
              onChoose={(id) => void calendar.assign(entry.interview_id, id)}
            />
            <Button id="assign-random" onClick={() => void calendar.assign(entry.interview_id)}>
              {words.assignRandom}
            </Button>
          </div>
        </div>
      )}
      <a class="button primary" href={interviewPath(entry.interview_id)} {...testId("open-interview")}>
        {words.openInterview}
        <kbd aria-hidden="true">O</kbd>
      </a>
    </section>
  );
}
