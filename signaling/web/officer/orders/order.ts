/** What an order's state allows an officer, and how orders stand in the queue. */
import type { Order, OrderState } from "../../client/api_order";
import type { ReviewQueue } from "../../client/api_review";

export const ORDER_ACTIONS = [
  "take",
  "approve",
  "supplement",
  "require_interview",
  "reject",
  "drop_interview",
  "in_person",
  "in_person_done",
  "produced",
  "dispatched",
] as const;
export type OrderAction = (typeof ORDER_ACTIONS)[number];

const BY_STATE: Partial<Record<OrderState, readonly OrderAction[]>> = {
  submitted: ["take"],
  in_review: ["approve", "supplement", "require_interview", "reject"],
  interview_required: ["drop_interview", "in_person"],
  interview_scheduled: ["drop_interview", "in_person"],
  in_person_required: ["in_person_done"],
  approved: ["produced"],
  produced: ["dispatched"],
};

/** The likeliest first. In person is decided on an interview, so there must be one. */
export function actionsOf(order: Pick<Order, "state" | "interview">): readonly OrderAction[] {
  const actions = BY_STATE[order.state] ?? [];
  return order.interview ? actions : actions.filter((action) => action !== "in_person");
}

const OVER: ReadonlySet<OrderState> = new Set(["completed", "rejected", "withdrawn"]);
export const isOver = (state: OrderState): boolean => OVER.has(state);
/** Still to be looked at by officers: it may be given to one. */
export const assignable = (state: OrderState): boolean => !isOver(state) && state !== "draft" && state !== "submitted";

/** D-28: residents of the own district first, then by the time of submission. */
export function byUrgency(a: Order, b: Order): number {
  const district = Number(b.own_district === true) - Number(a.own_district === true);
  return district || (a.submitted_at ?? "").localeCompare(b.submitted_at ?? "") || a.id.localeCompare(b.id);
}

/** Those that have waited longest in their state first. */
export function byWaiting(a: Order, b: Order): number {
  return a.state_since.localeCompare(b.state_since) || a.id.localeCompare(b.id);
}

const without = (list: readonly Order[], id: string): Order[] => list.filter((other) => other.id !== id);

/** The queue after news of one order; news older than what is known changes nothing. What is counted in the day is for
 * the server to say. */
export function withOrder(queue: ReviewQueue, order: Order, officerId: string): ReviewQueue {
  const known = [...queue.waiting, ...queue.mine, ...queue.others].find((other) => other.id === order.id);
  if (known && known.version > order.version) return queue;
  const waiting = without(queue.waiting, order.id);
  const mine = without(queue.mine, order.id);
  const others = without(queue.others, order.id);
  const counts = { ...queue.counts };
  if (known && known.state !== order.state) {
    counts[known.state] = Math.max(0, (counts[known.state] ?? 0) - 1);
    counts[order.state] = (counts[order.state] ?? 0) + 1;
  }
  if (order.state === "submitted") waiting.push(order);
  else if (!isOver(order.state) && order.state !== "draft") (order.officer?.id === officerId ? mine : others).push(order);
  return {
    ...queue,
    counts,
    waiting: waiting.sort(byUrgency),
    mine: mine.sort(byWaiting),
    others: others.sort(byWaiting),
  };
}
