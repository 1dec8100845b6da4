/** A dialog for what cannot be undone, or is told to somebody: it says so and wants a second click. */
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Button, Dialog } from "../client/ui/basics";
import { useShortcuts } from "./keys";

const REASON_MAX = 500;

interface Props {
  title: string;
  text: string;
  confirm: string;
  id: string;
  /** Whether all that is needed has been said; left out: nothing is. */
  able?: boolean;
  look?: "primary" | "danger" | "accept";
  wide?: boolean;
  /** Nothing is to be filled in: Enter confirms. */
  plain?: boolean;
  /** True when it worked; the dialog stays open otherwise, and nothing that was typed is lost. */
  act: () => Promise<boolean>;
  onClose: () => void;
  children?: ComponentChildren;
}

export function Confirm({ able = true, look = "danger", wide = false, plain = false, ...props }: Props): JSX.Element {
  const busy = useSignal(false);
  const act = async (): Promise<void> => {
    if (!able || busy.peek()) return;
    busy.value = true;
    if (await props.act()) props.onClose();
    busy.value = false;
  };
  useShortcuts(props.title, [{ keys: "Enter", name: props.confirm, act: () => void act(), modified: true }], true);
  return (
    <Dialog title={props.title} id={`${props.id}-dialog`} wide={wide} onClose={props.onClose}>
      <div class="dialog-body">
        <p>{props.text}</p>
        {props.children}
        <div class="dialog-foot">
          <Button onClick={props.onClose}>{messages.value.cancel}</Button>
          <Button id={`confirm-${props.id}`} look={look} disabled={!able} busy={busy.value} focus={plain} onClick={() => void act()}>
            {props.confirm}
            <kbd aria-hidden="true">Ctrl ⏎</kbd>
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

export function Reason({ reason, required }: { reason: Signal<string>; required: boolean }): JSX.Element {
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
        autofocus={required}
        required={required}
        value={reason}
        onInput={(event) => (reason.value = event.currentTarget.value)}
        {...testId("end-reason")}
      />
    </div>
  );
}
