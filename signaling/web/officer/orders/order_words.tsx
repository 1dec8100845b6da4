/** An order's words and marks, as they stand in lists and on its page. */
import type { JSX } from "preact";
import type { Order, OrderState } from "../../client/api_order";
import { language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { clockTime, longDay } from "../../client/time";
import { secondsSince } from "../../client/ui/basics";

const LOOK: Record<OrderState, string> = {
  draft: "chip",
  submitted: "chip",
  in_review: "chip brand",
  supplement_required: "chip warn",
  interview_required: "chip warn",
  interview_scheduled: "chip brand",
  interviewing: "chip good",
  in_person_required: "chip warn",
  approved: "chip good",
  produced: "chip good",
  dispatched: "chip good",
  completed: "chip",
  rejected: "chip bad",
  withdrawn: "chip",
};

export function OrderChip({ state }: { state: OrderState }): JSX.Element {
  return (
    <span class={LOOK[state]} {...testId("order-state")} data-state={state}>
      {messages.value.review.states[state]}
    </span>
  );
}

/** "Passport · renewal" */
export function kindOf(order: Order): string {
  const m = messages.value.review;
  return [m.kinds[order.kind], order.issue && m.issues[order.issue]].filter(Boolean).join(" · ");
}

export const nameOf = (order: Order): string => order.applicant.name ?? messages.value.review.nameless;

/** How long ago, in the largest unit that says something. */
export function waited(instant: string): string {
  const m = messages.value.review;
  const minutes = Math.max(0, Math.floor(secondsSince(instant) / 60));
  if (minutes < 60) return m.waitsMinutes({ n: minutes });
  if (minutes < 48 * 60) return m.waitsHours({ n: Math.floor(minutes / 60) });
  return m.waitsDays({ n: Math.floor(minutes / (24 * 60)) });
}

/** By the clock of the mission that works on it. */
export function whenOf(order: Order, instant: string): string {
  const zone = order.mission.time_zone;
  return `${longDay(instant, language.value, zone)}, ${clockTime(instant, language.value, zone)}`;
}

/** What an officer should know before opening it. */
export function OrderMarks({ order }: { order: Order }): JSX.Element {
  const m = messages.value.review;
  return (
    <>
      {order.applicant.minor && <span class="chip warn">{m.minor}</span>}
      {order.facecheck?.state === "skipped" && <span class="chip warn">{m.facechecks.skipped}</span>}
      {order.proposals.length > 0 && order.interview === null && <span class="chip warn">{m.interviewProposed}</span>}
      {order.own_district === false && <span class="chip">{m.otherDistrict}</span>}
    </>
  );
}
