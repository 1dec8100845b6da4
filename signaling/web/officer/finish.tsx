/** The dialogs that end an interview. What they do cannot be undone, so each says so and wants a second click. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { OUTCOMES, type Outcome } from "../client/api";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Confirm, Reason } from "./confirm";
import type { DeskProps } from "./interview";

interface DialogProps extends DeskProps {
  onClose: () => void;
}

export function EndDialog({ desk, onClose }: DialogProps): JSX.Element {
  const m = messages.value;
  const outcome = useSignal<Outcome | null>(null);
  const reason = useSignal("");
  const required = outcome.value !== null && outcome.value !== "identity_confirmed";
  return (
    <Confirm
      title={m.officer.endTitle}
      text={m.officer.endText}
      confirm={m.officer.confirmEnd}
      id="end"
      able={outcome.value !== null && (!required || reason.value.trim() !== "")}
      act={() => desk.end(outcome.peek() ?? "not_confirmed", reason.peek().trim())}
      onClose={onClose}
    >
      <fieldset class="outcomes">
        <legend>{m.officer.outcome}</legend>
        {OUTCOMES.map((one) => (
          <label key={one} class="outcome">
            <input
              type="radio"
              name="outcome"
              value={one}
              checked={outcome.value === one}
              onChange={() => (outcome.value = one)}
              {...testId(`outcome-${one}`)}
            />
            <span>
              <span class="strong">{m.outcomes[one].name}</span>
              <span class="muted">{m.outcomes[one].hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Reason reason={reason} required={required} />
    </Confirm>
  );
}

export function AbortDialog({ desk, onClose }: DialogProps): JSX.Element {
  const m = messages.value.officer;
  const reason = useSignal("");
  return (
    <Confirm
      title={m.abortTitle}
      text={m.abortText}
      confirm={m.confirmAbort}
      id="abort"
      able={reason.value.trim() !== ""}
      act={() => desk.abort(reason.peek().trim())}
      onClose={onClose}
    >
      <Reason reason={reason} required />
    </Confirm>
  );
}

export function MissedDialog({ desk, onClose }: DialogProps): JSX.Element {
  const m = messages.value.officer;
  const reason = useSignal("");
  return (
    <Confirm
      title={m.missedTitle}
      text={m.missedText}
      confirm={m.confirmMissed}
      id="missed"
      act={() => desk.missed(reason.peek().trim())}
      onClose={onClose}
    >
      <Reason reason={reason} required={false} />
    </Confirm>
  );
}
