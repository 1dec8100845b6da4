/** Handing a call over, and asking for a second opinion: both begin with choosing a colleague. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Colleague } from "../../client/api_review";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Confirm } from "../confirm";
import type { DeskProps } from "../interview";
import { colleagueLine } from "../orders/assign";

interface Props extends DeskProps {
  onClose: () => void;
}

export function HandOverDialog({ desk, onClose }: Props): JSX.Element {
  const m = messages.value.desk.colleagues;
  const chosen = useSignal<Colleague | null>(null);
  return (
    <Confirm
      title={m.handOverTitle}
      text={m.handOverText}
      confirm={m.handOverDo}
      id="hand-over"
      look="primary"
      able={chosen.value !== null}
      act={async () => {
        const to = chosen.peek();
        return to !== null && desk.conduct.handOver(to.id, to.name);
      }}
      onClose={onClose}
    >
      <Choice desk={desk} title={m.handOverTo} chosen={chosen.value} onChoose={(one) => (chosen.value = one)} free />
    </Confirm>
  );
}

export function AskDialog({ desk, onClose }: Props): JSX.Element {
  const m = messages.value.desk.colleagues;
  const chosen = useSignal<Colleague | null>(null);
  return (
    <Confirm
      title={m.askTitle}
      text={m.askText}
      confirm={m.askDo}
      id="ask"
      look="primary"
      able={chosen.value !== null}
      act={async () => chosen.peek() !== null && desk.conduct.askOpinion(chosen.peek()?.id ?? "")}
      onClose={onClose}
    >
      <Choice desk={desk} title={m.askWhom} chosen={chosen.value} onChoose={(one) => (chosen.value = one)} />
    </Confirm>
  );
}

/** `free`: only whoever is here and in no call. */
function Choice(props: DeskProps & { title: string; chosen: Colleague | null; onChoose: (one: Colleague) => void; free?: boolean }): JSX.Element {
  const m = messages.value.desk.colleagues;
  const { colleagues } = props.desk.session;
  useEffect(() => void colleagues.refresh(), [colleagues]);
  const others = colleagues.list.value.filter((one) => !one.you);
  const able = (one: Colleague): boolean => props.free !== true || (one.present && !one.in_call);
  return (
    <fieldset class="outcomes">
      <legend>{props.title}</legend>
      {!others.some(able) && <p class="muted">{m.noColleague}</p>}
      {others.map((one) => (
        <label key={one.id} class="outcome">
          <input
            type="radio"
            name="colleague"
            disabled={!able(one)}
            checked={props.chosen?.id === one.id}
            onChange={() => props.onChoose(one)}
            {...testId("colleague")}
            data-officer={one.id}
          />
          <span class={able(one) ? "strong" : "muted"}>{colleagueLine(one)}</span>
        </label>
      ))}
    </fieldset>
  );
}
