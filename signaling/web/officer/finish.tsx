/** The dialogs that end an interview. What they do cannot be undone, so each says so and wants a second click. */
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { OUTCOMES, type Outcome } from "../client/api";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Button, Dialog } from "../client/ui/basics";
import type { DeskProps } from "./interview";

const REASON_MAX = 500;

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
      able
      act={() => desk.missed(reason.peek().trim())}
      onClose={onClose}
    >
      <Reason reason={reason} required={false} />
    </Confirm>
  );
}

function Confirm(props: {
  title: string;
  text: string;
  confirm: string;
  id: string;
  able: boolean;
  act: () => Promise<boolean>;
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const busy = useSignal(false);
  const act = async (): Promise<void> => {
    busy.value = true;
    if (await props.act()) props.onClose();
    busy.value = false;
  };
  return (
    <Dialog title={props.title} id={`${props.id}-dialog`} onClose={props.onClose}>
      <div class="dialog-body">
        <p>{props.text}</p>
        {props.children}
        <div class="dialog-foot">
          <Button onClick={props.onClose}>{messages.value.cancel}</Button>
          <Button id={`confirm-${props.id}`} look="danger" disabled={!props.able} busy={busy.value} onClick={() => void act()}>
            {props.confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Reason({ reason, required }: { reason: Signal<string>; required: boolean }): JSX.Element {
  const m = messages.value.officer;
  return (
    <div class="field">
      <label for="reason">
        {m.reason} <span class="muted">({required ? m.reasonRequired : m.reasonOptional})</span>
      </label>
      <textarea
        id="reason"
        rows={3}
        maxLength={REASON_MAX}
        required={required}
        value={reason}
        onInput={(event) => (reason.value = event.currentTarget.value)}
        {...testId("end-reason")}
      />
    </div>
  );
}
