/** An order's words and marks for officers, as they stand in lists and on its page. */
import type { JSX } from "preact";
import type { Order } from "../../client/api_order";
import { messages } from "../../client/i18n";
import { secondsSince } from "../../client/ui/basics";

export const nameOf = (order: Order): string => order.applicant.name ?? messages.value.review.nameless;

/** How long ago, in the largest unit that says something. */
export function waited(instant: string): string {
  const m = messages.value.review;
  const minutes = Math.max(0, Math.floor(secondsSince(instant) / 60));
  if (minutes < 60) return m.waitsMinutes({ n: minutes });
  if (minutes < 48 * 60) return m.waitsHours({ n: Math.floor(minutes / 60) });
  return m.waitsDays({ n: Math.floor(minutes / (24 * 60)) });
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
