/** The order's face check, beside its interview. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Button } from "../client/ui/basics";
import { CheckDialog, CheckFacts } from "./check_view";
import type { DeskProps } from "./interview";

export function CheckPanel({ desk }: DeskProps): JSX.Element {
  const m = messages.value.facecheck.officer;
  const open = useSignal<string | null>(null);
  const checks = desk.checks.value;
  const shown = checks.find((check) => check.id === open.value);
  return (
    <section class="card panel" aria-labelledby="facecheck" {...testId("check-panel")}>
      <h2 id="facecheck">{m.panelTitle}</h2>
      {checks.length === 0 && <p class="muted">{m.panelNone}</p>}
      {checks.map((check) => (
        <div key={check.id} class="newest" {...testId("check")} data-state={check.state}>
          <CheckFacts check={check} />
          <Button id="check-details" onClick={() => (open.value = check.id)}>
            {m.details}
          </Button>
        </div>
      ))}
      {shown && <CheckDialog key={shown.id} session={desk.session} check={shown} pictures={desk.pictures} onClose={() => (open.value = null)} />}
    </section>
  );
}
