/** Asks once more before something that cannot be undone. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { messages } from "../../client/i18n";
import { Button, Dialog } from "../../client/ui/basics";

export function Ask(props: {
  id: string;
  title: string;
  text: string;
  confirm: string;
  look?: "primary" | "danger";
  /** True when it worked; the dialog stays open otherwise. */
  act: () => Promise<boolean>;
  onClose: () => void;
  children?: ComponentChildren;
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
          <Button id={`confirm-${props.id}`} look={props.look ?? "danger"} busy={busy.value} onClick={() => void act()}>
            {props.confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
