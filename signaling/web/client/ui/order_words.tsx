/** An order's words and marks, as both pages have them. */
import type { JSX } from "preact";
import type { Order, OrderState } from "../api_order";
import { language, messages } from "../i18n";
import { testId } from "../testids";
import { dayAndTime } from "../time";

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

/** By the clock of the mission that works on it. */
export function whenOf(order: Order, instant: string): string {
  const zone = order.mission.time_zone;
  return dayAndTime(instant, language.value, zone);
}
