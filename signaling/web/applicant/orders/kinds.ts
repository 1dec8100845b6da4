/** What can be ordered, and for which reasons (D-6, D-7, D-8). Pure. */
import type { Condition, Issue, OrderKind, Relation } from "../../client/api_order";

export const ISSUES: readonly Issue[] = ["renewal", "replacement", "first"];
export const RELATIONS: readonly Relation[] = ["self", "child", "parent", "spouse", "relative", "other"];

const BY_ISSUE: Record<Issue, readonly Condition[]> = {
  first: ["never_held"],
  renewal: ["expired", "expiring", "pages_full", "appearance"],
  replacement: ["lost", "stolen", "damaged"],
};
const EMERGENCY: readonly Condition[] = ["passport_lost", "emergency"];

export const isEmergency = (kind: OrderKind | null): boolean => kind === "emergency_travel_document";

export function conditionsOf(kind: OrderKind | null, issue: Issue | null): readonly Condition[] {
  if (isEmergency(kind)) return EMERGENCY;
  return issue === null ? [] : BY_ISSUE[issue];
}

/** What is only one is not asked. */
export function conditionChosen(kind: OrderKind | null, issue: Issue | null, chosen: Condition | null): Condition | null {
  const fitting = conditionsOf(kind, issue);
  if (fitting.length === 1) return fitting[0] ?? null;
  return chosen !== null && fitting.includes(chosen) ? chosen : null;
}

/** Whether portrait and data page come with a face check: the applicant has the document at hand. */
export const hasDocument = (order: { issue: Issue | null; condition: Condition | null }): boolean =>
  order.issue === "renewal" || (order.issue === "replacement" && order.condition === "damaged");
