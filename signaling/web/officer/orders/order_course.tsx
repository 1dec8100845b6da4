/** How the order has come to where it is, and whether there is an interview in it. */
import type { JSX } from "preact";
import type { HistoryEntry, Order } from "../../client/api_order";
import { colon, language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { appointmentTimes, viewerZone } from "../../client/time";
import { Icon } from "../../client/ui/icons";
import { whenOf } from "../../client/ui/order_words";
import { StateChip } from "../day";
import { interviewPath } from "../route";
import { Card } from "./order_cards";

export function ProposalCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value.review;
  const { proposals } = order;
  return (
    <Card title={m.proposalTitle} id="proposal">
      {proposals.length === 0 ? (
        <p class="muted">{m.proposalNone}</p>
      ) : (
        <>
          <ul class="reasons">
            {proposals.map((trigger) => (
              <li key={trigger} {...testId("proposal")} data-trigger={trigger}>
                {m.triggers[trigger]}
              </li>
            ))}
          </ul>
          <p class="muted small">{m.proposalText}</p>
        </>
      )}
    </Card>
  );
}

export function InterviewCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value;
  const { interview } = order;
  if (!interview) {
    return (
      <Card title={m.review.interviewTitle} id="interview">
        <p class="muted">{m.review.interviewNone}</p>
      </Card>
    );
  }
  const zone = order.mission.time_zone;
  const times = interview.scheduled_at === null ? null : appointmentTimes(interview.scheduled_at, language.value, viewerZone(), zone);
  const here = times && (times.mission ?? times.viewer);
  return (
    <Card title={m.review.interviewTitle} id="interview" end={<StateChip state={interview.state} />}>
      {here && times && (
        <p>
          <span class="strong">{here.time}</span> {here.day}
          {times.mission && (
            <span class="muted">
              {" "}
              ({times.viewer.time} {m.localTime})
            </span>
          )}
        </p>
      )}
      {interview.outcome && (
        <p>
          {m.officer.outcome}{colon}<span class="strong">{m.outcomes[interview.outcome].name}</span>
        </p>
      )}
      <a class="button" href={interviewPath(interview.id)} {...testId("open-interview")}>
        <Icon name="camera" />
        {m.review.openInterview}
        <kbd aria-hidden="true">O</kbd>
      </a>
    </Card>
  );
}

/** The newest first: what happened last is what is asked for most. */
export function HistoryCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value.review;
  return (
    <Card title={m.historyTitle} id="history">
      <ol class="history">
        {[...order.history].reverse().map((entry, index) => (
          <li key={`${entry.at} ${index}`} {...testId("history")} data-to={entry.to}>
            <span class="strong">{titleOf(entry)}</span>
            <span class="muted small">
              {whenOf(order, entry.at)} · {actorOf(entry)}
            </span>
            {entry.reason && <span class="quote">{entry.reason}</span>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** What stays in its state has happened all the same. */
function titleOf({ from, to, event }: HistoryEntry): string {
  const m = messages.value.review;
  const events: Readonly<Record<string, string>> = m.events;
  if (from !== to || !Object.keys(events).includes(event)) return m.states[to];
  return events[event] ?? m.states[to];
}

function actorOf({ actor }: HistoryEntry): string {
  const names: Readonly<Record<string, string>> = messages.value.review.actors;
  return Object.keys(names).includes(actor) ? (names[actor] ?? actor) : actor;
}
