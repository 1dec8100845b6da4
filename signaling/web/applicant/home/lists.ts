/** The holder's lists as notifications, replies and pages of older ones come in, in whatever order. Pure. */
import type { Message } from "../../client/api_account";
import type { Order, OrderState } from "../../client/api_order";

const OVER: ReadonlySet<OrderState> = new Set(["completed", "rejected", "withdrawn"]);
export const isOver = (order: Pick<Order, "state">): boolean => OVER.has(order.state);

/** Codes of next steps that wait for the holder; all others wait for the mission. */
const WAITS = new Set(["wait_review", "join_later", "come_in_person", "wait_made", "wait_dispatch", "done", "rejected", "withdrawn"]);
export const needsHolder = (order: Pick<Order, "next">): boolean => !WAITS.has(order.next);

const rank = (order: Order): number => (isOver(order) ? 2 : needsHolder(order) ? 0 : 1);

/** What waits for the holder comes first and what is over last; within these by their last change, the newest first. */
export function sorted(orders: readonly Order[]): Order[] {
  return [...orders].sort(
    (a, b) => rank(a) - rank(b) || b.state_since.localeCompare(a.state_since) || a.id.localeCompare(b.id),
  );
}

export function withOrder(orders: readonly Order[], order: Order): Order[] {
  const known = orders.find((other) => other.id === order.id);
  if (known && known.version > order.version) return [...orders];
  return sorted([...orders.filter((other) => other !== known), order]);
}

/** The newest first, each once; what comes later about the same message wins. */
export function withMessages(messages: readonly Message[], more: readonly Message[]): Message[] {
  const bySeq = new Map([...messages, ...more].map((message) => [message.seq, message]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

export const allRead = (messages: readonly Message[], seq: number): Message[] =>
  messages.map((message) => (message.seq <= seq && !message.read ? { ...message, read: true } : message));

/** Asked for again, in another language say: what the reader has just seen for the first time still looks new. */
export const keepNew = (known: readonly Message[], fresh: readonly Message[]): Message[] =>
  fresh.map((message) => (known.some((other) => other.seq === message.seq && !other.read) ? { ...message, read: false } : message));

export const newestSeq = (messages: readonly Message[]): number => messages[0]?.seq ?? 0;
