/** Whether it is still the same person: checked quietly during the call, and never in the officer's way. */
import type { JSX } from "preact";
import { language, messages } from "../client/i18n";
import { reasonText } from "../client/reasons";
import { testId } from "../client/testids";
import { clockSeconds, viewerZone } from "../client/time";
import type { DeskProps } from "./interview";

const LOOK = { match: "chip good", review: "chip warn", no_match: "chip bad", unknown: "chip" } as const;

export function SamePersonPanel({ desk }: DeskProps): JSX.Element {
  const m = messages.value;
  const words = m.facecheck.officer;
  const seen = desk.samePerson.value;
  const on = desk.watching.value;
  return (
    <section class="card panel same-person" aria-labelledby="same-person" {...testId("same-person")} data-decision={seen?.decision}>
      <h2 id="same-person">{words.samePerson}</h2>
      {on && !seen && <p class="muted">{words.samePersonNone}</p>}
      {on && seen && (
        <p>
          <span class={LOOK[seen.decision]}>{words.samePersonWords[seen.decision]}</span>{" "}
          <span class="muted">{words.samePersonAt({ time: clockSeconds(seen.at, language.value, viewerZone()) })}</span>
          {seen.reason && <span class="muted role">{reasonText(seen.reason, m).what}</span>}
        </p>
      )}
      <label class="switch">
        <input type="checkbox" checked={on} onChange={(event) => void desk.watch(event.currentTarget.checked)} {...testId("watch")} />
        {words.samePersonOn}
      </label>
    </section>
  );
}
