/** What was found in a picture, in sentences. */
import type { JSX } from "preact";
import type { Check, Reason } from "../api_facecheck";
import { messages } from "../i18n";
import { checkText, reasonText } from "../reasons";
import { testId } from "../testids";
import { Icon } from "./icons";

/** With `advice`: what its reader can do about each. */
export function Reasons({ reasons, advice }: { reasons: Reason[]; advice?: boolean }): JSX.Element | null {
  const m = messages.value;
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {reasons.map((reason) => {
        const text = reasonText(reason, m);
        return (
          <li key={reason.code} {...testId("reason")} data-code={reason.code}>
            <span class={advice ? "strong" : undefined}>{text.what}</span> {advice && text.next}
          </li>
        );
      })}
    </ul>
  );
}

/** With `advice`: what did not pass could be better, and nothing is wrong. */
export function CheckList({ checks, advice }: { checks: Check[]; advice?: boolean }): JSX.Element | null {
  const m = messages.value;
  if (checks.length === 0) return null;
  return (
    <ul class={advice ? "named-checks advice" : "named-checks"}>
      {checks.map((check) => (
        <li key={check.check} data-passed={check.passed} {...testId("named-check")} data-check={check.check}>
          <span class="check-sign" aria-hidden="true">
            <Icon name={check.passed ? "check" : advice ? "warn" : "cross"} />
          </span>
          {checkText(check, m)}
        </li>
      ))}
    </ul>
  );
}
