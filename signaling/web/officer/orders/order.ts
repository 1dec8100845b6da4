/** What an order's state allows an officer, and how orders stand in the queue. */
import type { Order, OrderState } from "../../client/api_order";
import { QUEUE_LISTS, type QueueList, type ReviewQueue } from "../../client/api_review";

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

const IN_TURN: Record<QueueList, (a: Order, b: Order) => number> = { waiting: byUrgency, mine: byWaiting, others: byWaiting };

/** Null: in none. */
function listOf(order: Order, officerId: string): QueueList | null {
  if (order.state === "submitted") return "waiting";
  if (isOver(order.state) || order.state === "draft") return null;
  return order.officer?.id === officerId ? "mine" : "others";
}

/** The queue after news of one order; news older than what is known changes nothing. What is counted in the day is for
 * the server to say, and so is what stands behind the rows that are loaded. */
export function withOrder(queue: ReviewQueue, order: Order, officerId: string): ReviewQueue {
  const from = QUEUE_LISTS.find((list) => queue[list].some(({ id }) => id === order.id));
  const known = from && queue[from].find(({ id }) => id === order.id);
  if (known && known.version > order.version) return queue;
  const to = listOf(order, officerId);
  const after: ReviewQueue = { ...queue, counts: { ...queue.counts }, lengths: { ...queue.lengths } };
  if (known && known.state !== order.state) {
    after.counts[known.state] = Math.max(0, (after.counts[known.state] ?? 0) - 1);
    after.counts[order.state] = (after.counts[order.state] ?? 0) + 1;
  }
  if (from) {
    after[from] = after[from].filter(({ id }) => id !== order.id);
    after.lengths[from] = Math.max(0, after.lengths[from] - 1);
  }
  if (to) {
    const last = queue[to][queue[to].length - 1];
    const loaded = queue.next[to] === null || (last !== undefined && IN_TURN[to](order, last) <= 0);
    if (loaded) after[to] = [...after[to], order].sort(IN_TURN[to]);
    after.lengths[to]++;
  }
  return after;
}
