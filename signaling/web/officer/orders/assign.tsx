/** Whose order it is. Giving it to somebody else is undone with one click. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { OfficerName } from "../../client/api_order";
import type { Colleague } from "../../client/api_review";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import type { OfficerSession } from "../session";
import { assignable } from "./order";
import type { OrderDesk } from "./order_desk";
import type { WithOrder } from "./order_view";

/** An officer and whether they are there. */
export function colleagueLine(one: Colleague): string {
  const m = messages.value.review;
  const marks = [one.you ? m.you : "", !one.present ? m.absent : one.in_call ? m.inCall : ""].filter(Boolean);
  return marks.length > 0 ? `${one.name} (${marks.join(", ")})` : one.name;
}

/** Chooses one of the mission's officers; asked for when it is opened. */
export function OfficerSelect(props: {
  session: OfficerSession;
  id: string;
  name: string;
  officer: OfficerName | null;
  /** An entry before the officers, such as "nobody". */
  none: string;
  onChoose: (id: string) => void;
  children?: JSX.Element;
}): JSX.Element {
  const { session, officer } = props;
  const list = session.colleagues.list.value;
  const known = officer === null || list.some((one) => one.id === officer.id);
  return (
    <select
      id={props.id}
      aria-label={props.name}
      value={officer?.id ?? ""}
      onFocus={() => void session.colleagues.refresh()}
      onChange={(event) => {
        const { value } = event.currentTarget;
        // What is shown follows what the server says.
        event.currentTarget.value = officer?.id ?? "";
        if (value !== "" && value !== officer?.id) props.onChoose(value);
      }}
      {...testId(props.id)}
    >
      {officer === null && <option value="">{props.none}</option>}
      {!known && officer && <option value={officer.id}>{officer.name}</option>}
      {list.map((one) => (
        <option key={one.id} value={one.id} selected={one.id === officer?.id}>
          {colleagueLine(one)}
        </option>
      ))}
      {props.children}
    </select>
  );
}

function assign(desk: OrderDesk, officerId: string): Promise<boolean> {
  return desk.act("assign", (order) => desk.session.rpc.call("review.assign", { order_id: order.id, officer_id: officerId }));
}

export function AssignControl({ desk, order }: WithOrder): JSX.Element | null {
  const m = messages.value.review;
  const before = useSignal<OfficerName | null>(null);
  if (!assignable(order.state)) return null;
  const give = async (officerId: string): Promise<void> => {
    const had = order.officer;
    if (await assign(desk, officerId)) before.value = had;
  };
  const back = before.value;
  return (
    <div class="assign">
      <label class="muted" for="assign">
        {m.assigned}
      </label>
      <OfficerSelect session={desk.session} id="assign" name={m.assigned} officer={order.officer} none={m.nobody} onChoose={(id) => void give(id)} />
      {back && back.id !== order.officer?.id && (
        <Button
          id="undo-assign"
          onClick={() => {
            before.value = null;
            void assign(desk, back.id);
          }}
        >
          {m.undo}
        </Button>
      )}
    </div>
  );
}
