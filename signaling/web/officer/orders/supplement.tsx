/** Asking the applicant for more (D-30): in words, and by what they may change. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { ORDER_FIELDS, ORDER_SLOTS, type Order, type OrderField, type OrderSlot } from "../../client/api_order";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Confirm } from "../confirm";
import { versionOf, type ActionProps } from "./order_dialogs";

const TEXT_MAX = 1000;

/** Relation, kind and cause are what the order is; whoever has those wrong makes a new one. */
const CORRECTABLE = ORDER_FIELDS.filter((field) => field !== "relation" && field !== "issue" && field !== "condition" && field !== "note");

/** What comes with the face check is not uploaded to the order. */
function slotsOf(order: Order): OrderSlot[] {
  const known = order.materials.map(({ slot }) => slot);
  return known.length > 0 ? known : ORDER_SLOTS.filter((slot) => slot !== "portrait" && slot !== "page");
}

export function SupplementDialog({ desk, order, onClose }: ActionProps): JSX.Element {
  const m = messages.value.review;
  const text = useSignal("");
  const slots = useSignal<ReadonlySet<OrderSlot>>(new Set());
  const fields = useSignal<ReadonlySet<OrderField>>(new Set());
  const nothing = slots.value.size + fields.value.size === 0;
  const send = (now: Order): Promise<Order> =>
    desk.session.rpc.call("review.supplement", {
      ...versionOf(now),
      text: text.peek().trim(),
      slots: [...slots.peek()].join(","),
      ...(fields.peek().size > 0 ? { fields: [...fields.peek()].join(",") } : {}),
    });
  return (
    <Confirm
      title={m.supplementTitle}
      text={m.supplementText}
      confirm={m.actions.supplement}
      id="supplement"
      look="primary"
      wide
      able={text.value.trim() !== "" && !nothing}
      act={() => desk.act("supplement", send)}
      onClose={onClose}
    >
      <div class="field">
        <label for="supplement-text">{m.supplementWhat}</label>
        <textarea
          id="supplement-text"
          rows={3}
          maxLength={TEXT_MAX}
          required
          autofocus
          value={text}
          onInput={(event) => (text.value = event.currentTarget.value)}
          {...testId("supplement-text")}
        />
      </div>
      <Ticks title={m.supplementSlots} names={m.slots} all={slotsOf(order)} chosen={slots} id="slot" />
      <Ticks title={m.supplementFields} names={m.fields} all={CORRECTABLE} chosen={fields} id="field" />
      {nothing && <p class="muted small">{m.supplementNothing}</p>}
    </Confirm>
  );
}

function Ticks<K extends string>(props: {
  title: string;
  names: Readonly<Record<K, string>>;
  all: readonly K[];
  chosen: Signal<ReadonlySet<K>>;
  id: string;
}): JSX.Element {
  const { chosen } = props;
  const tick = (key: K, on: boolean): void => {
    const next = new Set(chosen.peek());
    if (on) next.add(key);
    else next.delete(key);
    chosen.value = next;
  };
  return (
    <fieldset class="ticks">
      <legend>{props.title}</legend>
      {props.all.map((key) => (
        <label key={key} class="tick">
          <input
            type="checkbox"
            checked={chosen.value.has(key)}
            onChange={(event) => tick(key, event.currentTarget.checked)}
            {...testId(`${props.id}-${key}`)}
          />
          {props.names[key]}
        </label>
      ))}
    </fieldset>
  );
}
