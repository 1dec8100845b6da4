/** A day of the mission: its interviews, and who waits since when. */
import type { JSX } from "preact";
import type { Interview, InterviewState } from "../client/api";
import { serverNowMs } from "../client/clock";
import { language, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { addDays, appointmentTimes, dayInWords, isoDay, viewerZone } from "../client/time";
import { Button, Heading, secondsSince } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import type { PageProps } from "./app";

export function DayView({ session }: PageProps): JSX.Element {
  const m = messages.value.officer;
  const { value: day } = session.day;
  const { value: interviews } = session.interviews;
  const zone = session.officer.value?.mission.time_zone ?? viewerZone();
  const waiting = interviews?.filter((interview) => interview.state === "waiting").length ?? 0;
  const today = isoDay(serverNowMs(), zone);
  return (
    <main class="day-page">
      <div class="day-head">
        <div>
          <Heading title={`${m.listTitle} · ${m.title}`}>{day === null ? m.listTitle : dayInWords(day, language.value)}</Heading>
          <p class="muted" role="status">
            {interviews && m.summary({ waiting, total: interviews.length })}
          </p>
        </div>
        {day !== null && (
          <div class="day">
            <button type="button" class="button" aria-label={m.previousDay} title={m.previousDay} onClick={() => void session.showDay(addDays(day, -1))} {...testId("previous-day")}>
              <Icon name="back" />
            </button>
            <input
              type="date"
              aria-label={m.day}
              value={day}
              onChange={(event) => event.currentTarget.value && void session.showDay(event.currentTarget.value)}
              {...testId("day")}
            />
            <button type="button" class="button" aria-label={m.nextDay} title={m.nextDay} onClick={() => void session.showDay(addDays(day, 1))} {...testId("next-day")}>
              <Icon name="forward" />
            </button>
            <Button id="today" disabled={day === today} onClick={() => void session.showDay(null)}>
              {m.today}
            </Button>
          </div>
        )}
      </div>
      {interviews && interviews.length === 0 && <p class="card nothing">{m.nobody}</p>}
      {interviews && interviews.length > 0 && <Table interviews={interviews} />}
      <p class="small-print">
        <Icon name="clock" />
        {m.missionDay({ zone })}
      </p>
    </main>
  );
}

function Table({ interviews }: { interviews: Interview[] }): JSX.Element {
  const m = messages.value.officer;
  return (
    <table class="card interviews">
      <thead>
        <tr>
          <th scope="col">{m.columnTime}</th>
          <th scope="col">{m.columnApplicant}</th>
          <th scope="col">{m.columnOrder}</th>
          <th scope="col">{m.columnPeople}</th>
          <th scope="col">{m.columnState}</th>
          <th scope="col">
            <span class="visually-hidden">{m.open}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {interviews.map((interview) => (
          <Row key={interview.id} interview={interview} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ interview }: { interview: Interview }): JSX.Element {
  const m = messages.value;
  const zone = interview.mission.time_zone;
  const times = appointmentTimes(interview.scheduled_at ?? interview.state_since, language.value, viewerZone(), zone);
  const applicant = interview.parties.find((party) => party.role === "applicant");
  const others = interview.parties.filter((party) => party.role !== "applicant");
  const address = `#/interview/${interview.id}`;
  const live = interview.state === "waiting" || interview.state === "ringing" || interview.state === "in_call";
  return (
    <tr
      class="interview"
      data-state={interview.state}
      data-interview={interview.id}
      onClick={() => (location.hash = address)}
      {...testId("interview-row")}
    >
      <td class="time">
        <span class="strong">{times.mission?.time ?? times.viewer.time}</span>
        {times.mission && (
          <span class="muted">
            {times.viewer.time} {m.localTime}
          </span>
        )}
      </td>
      <td>
        <span class="strong">{applicant?.name}</span>
        <span class="muted">{m.documents[interview.document]}</span>
      </td>
      <td class="order">{interview.order_ref}</td>
      <td>
        {others.map((party) => (
          <span key={party.id} class="other">
            {party.name} <span class="muted">{m.roles[party.role]}</span>
          </span>
        ))}
      </td>
      <td>
        <StateChip state={interview.state} />
        {interview.state === "waiting" && interview.waiting_since !== null && (
          <span class="muted" {...testId("waiting-since")}>
            {m.officer.waitingFor({ minutes: Math.floor(Math.max(0, secondsSince(interview.waiting_since)) / 60) })}
          </span>
        )}
      </td>
      <td class="open">
        <a class={live ? "button primary" : "button"} href={address}>
          {interview.state === "in_call" && interview.you.party_id !== null ? m.officer.resumeCall : m.officer.open}
          <span class="visually-hidden"> {applicant?.name}</span>
        </a>
      </td>
    </tr>
  );
}

const LOOK: Record<InterviewState, string> = {
  scheduled: "chip",
  waiting: "chip warn",
  ringing: "chip good",
  in_call: "chip good",
  ended: "chip",
  missed: "chip bad",
  aborted: "chip bad",
  required: "chip",
};

export function StateChip({ state }: { state: InterviewState }): JSX.Element {
  return <span class={LOOK[state]}>{messages.value.states[state]}</span>;
}
