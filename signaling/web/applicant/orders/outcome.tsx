/** What the mission has said or arranged: what it asks for, its reason, the appointment, what to send, what is on its way. */
import type { JSX } from "preact";
import type { Order } from "../../client/api_order";
import { colon, language, messages, nameOf } from "../../client/i18n";
import { TEXT_KEY } from "../../client/language";
import { testId } from "../../client/testids";
import { appointmentTimes, clockTime, dayAndTime, viewerZone } from "../../client/time";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import type { PartProps } from "./part";

export function SupplementAsked({ order, show }: { order: Order; show: (section: string) => void }): JSX.Element | null {
  const m = messages.value;
  const { supplement } = order;
  if (!supplement) return null;
  const asked = [
    ...supplement.fields.map((key) => ({ key, section: "details", name: m.review.fields[key] })),
    ...supplement.slots.map((key) => ({ key, section: "materials", name: m.review.slots[key] })),
  ];
  return (
    <section class="card asked" {...testId("supplement")}>
      <h2>{m.orders.supplementTitle}</h2>
      <p class="quote">{supplement.text}</p>
      <ul class="asked-list">
        {asked.map(({ key, section, name }) => (
          <li key={`${section} ${key}`}>
            <button type="button" class="text-button" onClick={() => show(section)} {...testId("supplement-item")} data-item={key}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Rejection({ order }: { order: Order }): JSX.Element | null {
  if (order.state !== "rejected" || order.reason === null) return null;
  return (
    <section class="card" {...testId("rejection")}>
      <h2>{messages.value.orders.rejectedTitle}</h2>
      <p class="quote">{order.reason}</p>
    </section>
  );
}

export function Appointment({ session, order }: PartProps): JSX.Element | null {
  const m = messages.value;
  const { interview } = order;
  if (!interview || !order.can.interview) return null;
  const at = interview.scheduled_at;
  const times = at === null ? null : appointmentTimes(at, language.value, viewerZone(), order.mission.time_zone);
  return (
    <section class="card appointment" {...testId("order-appointment")}>
      <h2>{m.orders.appointmentTitle}</h2>
      {times && (
        <>
          <p class="when">
            <span class="clock">{times.viewer.time}</span>
            <span>
              {times.viewer.day}
              {times.mission && <span class="muted">{m.localTime}</span>}
            </span>
          </p>
          {times.mission && (
            <p class="muted">
              {dayAndTime(at ?? "", language.value, order.mission.time_zone)} {m.inZone({ mission: nameOf(order.mission) })}
            </p>
          )}
          {interview.opens_at !== null && <p>{m.orders.opensAt({ time: clockTime(interview.opens_at, language.value, viewerZone()) })}</p>}
          <div class="row-actions">
            <Button id="calendar-file" icon="calendar" busy={session.busy.value === "calendar"} onClick={() => void session.saveAppointment()}>
              {m.orders.calendarFile}
            </Button>
            <Button id="change-time" icon="clock" onClick={() => void session.enter("interview")}>
              {m.orders.changeTime}
            </Button>
          </div>
        </>
      )}
      {order.applicant.guardian_needed && (
        <div class="stack guardian">
          <h3>{m.orders.guardianTitle}</h3>
          <p>{m.orders.guardianText}</p>
          <div>
            <Button id="enter-guardian" icon="people" onClick={() => void session.enter("guardian")}>
              {m.orders.guardianEnter}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}

/** Only once the order is approved (D-41); and who asks for money otherwise is a fraud (D-58). */
export function Mailing({ session, order }: PartProps): JSX.Element | null {
  const m = messages.value.orders;
  if (order.next !== "send_passport") return null;
  const payment = session.mission.value?.payment;
  const words = payment?.[TEXT_KEY[language.value]];
  return (
    <section class="card stack" id="part-mailing" tabIndex={-1} {...testId("mailing")}>
      <h2>{m.mailingTitle}</h2>
      {m.mailing.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p>
        {m.number}{colon}<span class="mono strong">{order.number}</span>
      </p>
      {words && (
        <div>
          <h3>{m.payment}</h3>
          <p class="lines">{words}</p>
        </div>
      )}
      <div class="note warn">
        <Icon name="shield" />
        <p class="strong">{m.neverPays}</p>
      </div>
    </section>
  );
}

export function OnItsWay({ order }: { order: Order }): JSX.Element | null {
  const m = messages.value.orders;
  if (order.state !== "dispatched" && order.state !== "completed") return null;
  return (
    <section class="card" {...testId("on-its-way")}>
      <h2>{m.trackingTitle}</h2>
      <p>{order.tracking !== null ? m.tracking({ number: order.tracking }) : m.collect}</p>
    </section>
  );
}
