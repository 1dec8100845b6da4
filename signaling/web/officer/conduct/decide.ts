/** Why an interview cannot be decided yet. The server refuses the same; here the officer sees it before. */
import type { Interview, Outcome } from "../../client/api";
import type { Script, ScriptItem } from "../../client/api_review";

export type Obstacle = { code: "guardian_missing" } | { code: "script_open"; items: ScriptItem[] };

export const openItems = (script: Script | null): ScriptItem[] =>
  script?.items.filter((item) => item.required && item.done === null) ?? [];

/** What is in the way of `outcome`; empty: nothing. In person is possible at any time (D-40). */
export function obstacles(
  interview: Pick<Interview, "guardian_needed" | "guardian">,
  script: Script | null,
  outcome: Outcome,
): Obstacle[] {
  if (outcome === "in_person") return [];
  const found: Obstacle[] = [];
  if (interview.guardian_needed === true && !interview.guardian) found.push({ code: "guardian_missing" });
  const items = openItems(script);
  if (items.length > 0) found.push({ code: "script_open", items });
  return found;
}

/** A colleague was asked and has not said anything: no obstacle, but worth a word before deciding. */
export function openOpinion(interview: Pick<Interview, "opinion">): string | null {
  const opinion = interview.opinion;
  return opinion && opinion.opinion === null ? opinion.officer.name : null;
}
