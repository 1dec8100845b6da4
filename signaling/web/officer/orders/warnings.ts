/** What an officer should have seen before approving; none of it forbids it (D-19: the officer decides). */
import type { FaceCheck } from "../../client/api_facecheck";
import type { Order, OrderSlot } from "../../client/api_order";

export type Warning = { code: "facecheck" | "fields" | "interview" } | { code: "materials"; slots: OrderSlot[] };

export function warningsOf(order: Order, check: FaceCheck | null): Warning[] {
  const found: Warning[] = [];
  const absent = order.materials.filter(({ needed, uploaded_at }) => needed && uploaded_at === null).map(({ slot }) => slot);
  const confirmed = order.interview?.outcome === "identity_confirmed";
  if (order.facecheck && order.facecheck.state !== "passed" && !confirmed) found.push({ code: "facecheck" });
  if (check?.fields && !check.fields.agrees) found.push({ code: "fields" });
  if (order.proposals.length > 0 && !confirmed && order.interview?.outcome !== "in_person") found.push({ code: "interview" });
  if (absent.length > 0) found.push({ code: "materials", slots: absent });
  return found;
}
