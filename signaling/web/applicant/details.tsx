/** What is shown around the call: the appointment, who takes part, and the notices. */
import type { JSX } from "preact";
import type { Interview } from "../client/api";
import { language, messages, nameOf } from "../client/i18n";
import { testId } from "../client/testids";
import { appointmentTimes, dayAndTime, viewerZone } from "../client/time";
import { Icon } from "../client/ui/icons";

export function Appointment({ interview }: { interview: Interview }): JSX.Element | null {
  const m = messages.value;
  if (interview.scheduled_at === null) return null;
  const times = appointmentTimes(interview.scheduled_at, language.value, viewerZone(), interview.mission.time_zone);
  const mission = nameOf(interview.mission);
  return (
    <section class="card appointment" aria-label={m.applicant.appointment}>
      <p class="eyebrow">{mission}</p>
      <p class="when">
        <span class="clock">{times.viewer.time}</span>
        <span>
          {times.viewer.day}
          {times.mission && <span class="muted">{m.localTime}</span>}
        </span>
      </p>
      {times.mission && (
        <p class="muted">
          {times.mission.day === times.viewer.day
            ? times.mission.time
            : dayAndTime(interview.scheduled_at, language.value, interview.mission.time_zone)}{" "}
          {m.inZone({ mission })}
        </p>
      )}
      <dl class="facts">
        <div>
          <dt>{m.applicant.document}</dt>
          <dd>{m.documents[interview.document]}</dd>
        </div>
        <div>
          <dt>{m.applicant.order}</dt>
          <dd>{interview.order_ref}</dd>
        </div>
        <div>
          <dt>{m.applicant.length}</dt>
          <dd>{m.applicant.minutes({ n: interview.length_min })}</dd>
        </div>
      </dl>
    </section>
  );
}

export function People({ interview }: { interview: Interview }): JSX.Element {
  const m = messages.value;
  return (
    <section class="card" aria-label={m.applicant.participants}>
      <h2>{m.applicant.participants}</h2>
      <ul class="people">
        {interview.parties.map((party) => (
          <li key={party.id}>
            <span class="who">
              {party.name}
              {party.id === interview.you.party_id && <span class="muted"> ({m.you})</span>}
              <span class="muted role">{m.roles[party.role]}</span>
            </span>
            <span class={party.present ? "chip good" : "chip"}>{party.present ? m.applicant.here : m.applicant.absent}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Notices(): JSX.Element {
  const m = messages.value;
  return (
    <>
      <div class="note warn" {...testId("payment-notice")}>
        <Icon name="shield" />
        <div>
          <p class="strong">{m.noticePayment.title}</p>
          <p>{m.noticePayment.text}</p>
        </div>
      </div>
      <p class="small-print">
        <Icon name="lock" />
        <span>{m.noticeEncryption}</span>
      </p>
    </>
  );
}
