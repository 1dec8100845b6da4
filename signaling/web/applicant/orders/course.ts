/** The way of an order as the applicant sees it: few steps, of which one is now. Pure. */
import type { Order, OrderState } from "../../client/api_order";

export type StepLook = "done" | "now" | "ahead" | "stopped";

export interface CourseStep {
  /** The state that it is called by. */
  state: OrderState;
  look: StepLook;
  /** When it was reached. */
  at: string | null;
}

/** The way when nothing comes between. */
const WAY: readonly OrderState[] = ["draft", "submitted", "in_review", "approved", "produced", "dispatched", "completed"];

/** Detours from the review, which come back to it. */
const DETOURS: ReadonlySet<OrderState> = new Set([
  "supplement_required",
  "interview_required",
  "interview_scheduled",
  "interviewing",
  "in_person_required",
]);
const ENDS: ReadonlySet<OrderState> = new Set(["rejected", "withdrawn"]);

/** When a state was last reached. */
function reachedAt(order: Order, state: OrderState): string | null {
  if (state === "draft") return order.created_at;
  const entries = order.history.filter(({ to, from }) => to === state && from !== to);
  return entries[entries.length - 1]?.at ?? null;
}

export function courseOf(order: Order): CourseStep[] {
  const { state } = order;
  if (ENDS.has(state)) {
    const gone = WAY.filter((each) => each === "draft" || reachedAt(order, each) !== null);
    return [...gone.map((each) => ({ state: each, look: "done" as const, at: reachedAt(order, each) })), { state, look: "stopped", at: order.state_since }];
  }
  const way = DETOURS.has(state) ? WAY.flatMap((each) => (each === "in_review" ? [each, state] : [each])) : WAY;
  const now = way.indexOf(state);
  return way.map((each, index) => {
    const done = index < now || state === "completed";
    const look: StepLook = done ? "done" : index === now ? "now" : "ahead";
    const at = index === now ? order.state_since : done ? reachedAt(order, each) : null;
    return { state: each, look, at };
  });
}
