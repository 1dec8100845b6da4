/** What an officer decides on an order is told to the applicant, so each of it is confirmed. */
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { Order } from "../../client/api_order";
import type { DispatchWay } from "../../client/api_review";
import { colon, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Icon } from "../../client/ui/icons";
import { Confirm, Reason } from "../confirm";
import type { OrderAction } from "./order";
import type { OrderDesk } from "./order_desk";
import type { WithOrder } from "./order_view";
import { nameOf } from "./order_words";
import { SupplementDialog } from "./supplement";
import { warningsOf, type Warning } from "./warnings";

export type AskedAction = Exclude<OrderAction, "take">;

export interface ActionProps extends WithOrder {
  onClose: () => void;
}

export function ActionDialog({ action, ...props }: ActionProps & { action: AskedAction }): JSX.Element {
  switch (action) {
    case "approve":
      return <ApproveDialog {...props} />;
    case "supplement":
      return <SupplementDialog {...props} />;
    case "reject":
      return <RejectDialog {...props} />;
    case "require_interview":
      return <RequireDialog {...props} />;
    case "drop_interview":
      return <DropDialog {...props} />;
    case "in_person":
      return <InPersonDialog {...props} />;
    case "in_person_done":
    case "produced":
      return <PlainDialog {...props} action={action} />;
    case "dispatched":
      return <DispatchDialog {...props} />;
  }
}

export const versionOf = (order: Order): { order_id: string; version: number } => ({ order_id: order.id, version: order.version });

function ApproveDialog({ desk, order, onClose }: ActionProps): JSX.Element {
  const m = messages.value.review;
  const { rpc } = desk.session;
  return (
    <Confirm
      title={m.approveTitle}
      text={m.approveText({ name: nameOf(order) })}
      confirm={m.actions.approve}
      id="approve"
      look="accept"
      plain
      act={() => desk.act("approve", (now) => rpc.call("review.approve", versionOf(now)))}
      onClose={onClose}
    >
      <Warnings warnings={warningsOf(order, desk.check.value)} />
    </Confirm>
  );
}

function Warnings({ warnings }: { warnings: readonly Warning[] }): JSX.Element | null {
  const m = messages.value.review;
  if (warnings.length === 0) return null;
  return (
    <div class="note warn" {...testId("approve-warnings")}>
      <Icon name="warn" />
      <div>
        <p class="strong">{m.approveWarnings}</p>
        <ul>
          {warnings.map((warning) => (
            <li key={warning.code} data-code={warning.code}>
              {warningText(warning)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function warningText(warning: Warning): string {
  const m = messages.value.review;
  switch (warning.code) {
    case "facecheck":
      return m.warnFacecheck;
    case "fields":
      return m.warnFields;
    case "interview":
      return m.warnInterview;
    case "materials":
      return m.warnMaterials({ names: warning.slots.map((slot) => m.slots[slot]).join(", ") });
  }
}

type Call = (now: Order, reason: string) => Promise<Order>;

interface ReasonProps extends ActionProps {
  action: "reject" | "drop_interview" | "in_person";
  id: string;
  title: string;
  text: string;
  call: Call;
}

/** What cannot be done without saying why. */
function ReasonDialog({ desk, action, id, title, text, call, onClose }: ReasonProps): JSX.Element {
  const reason = useSignal("");
  return (
    <Confirm
      title={title}
      text={text}
      confirm={messages.value.review.actions[action]}
      id={id}
      able={reason.value.trim() !== ""}
      act={() => desk.act(action, (now) => call(now, reason.peek().trim()))}
      onClose={onClose}
    >
      <Reason reason={reason} required />
    </Confirm>
  );
}

function RejectDialog(props: ActionProps): JSX.Element {
  const m = messages.value.review;
  const { rpc } = props.desk.session;
  const call: Call = (now, reason) => rpc.call("review.reject", { ...versionOf(now), reason });
  const title = `${m.rejectTitle}${colon.value}${nameOf(props.order)}`;
  return <ReasonDialog {...props} action="reject" id="reject" title={title} text={m.rejectText} call={call} />;
}

function DropDialog(props: ActionProps): JSX.Element {
  const m = messages.value.review;
  const { rpc } = props.desk.session;
  const call: Call = (now, reason) => rpc.call("review.drop_interview", { ...versionOf(now), reason });
  return <ReasonDialog {...props} action="drop_interview" id="drop" title={m.dropTitle} text={m.dropText} call={call} />;
}

/** Decided on the interview (D-40); the order follows. */
function InPersonDialog(props: ActionProps): JSX.Element {
  const m = messages.value.review;
  const call: Call = (now, reason) => inPerson(props.desk, now.interview?.id ?? "", reason);
  return <ReasonDialog {...props} action="in_person" id="in-person" title={m.inPersonTitle} text={m.inPersonText} call={call} />;
}

function RequireDialog({ desk, order, onClose }: ActionProps): JSX.Element {
  const m = messages.value.review;
  const interpreter = useSignal("");
  const { rpc } = desk.session;
  const guardian = order.details.guardian_name;
  const send = (now: Order): Promise<Order> => {
    const name = interpreter.peek().trim();
    return rpc.call("review.require_interview", { ...versionOf(now), ...(name === "" ? {} : { interpreter: name }) });
  };
  return (
    <Confirm
      title={m.requireTitle}
      text={m.requireText}
      confirm={m.actions.require_interview}
      id="require"
      look="primary"
      plain
      act={() => desk.act("require_interview", send)}
      onClose={onClose}
    >
      {order.proposals.length > 0 && (
        <ul class="reasons">
          {order.proposals.map((trigger) => (
            <li key={trigger}>{m.triggers[trigger]}</li>
          ))}
        </ul>
      )}
      {guardian !== null && <p>{m.requireGuardian({ name: guardian })}</p>}
      {guardian === null && order.applicant.guardian_needed && (
        <p class="note warn">
          <Icon name="warn" />
          <span>{m.requireGuardianUnnamed}</span>
        </p>
      )}
      <Field text={interpreter} id="interpreter" name={m.interpreter} max={256} />
    </Confirm>
  );
}

function Field(props: { text: Signal<string>; id: string; name: string; max: number }): JSX.Element {
  return (
    <div class="field">
      <label for={props.id}>
        {props.name} <span class="muted">({messages.value.officer.reasonOptional})</span>
      </label>
      <input
        id={props.id}
        autocomplete="off"
        maxLength={props.max}
        value={props.text}
        onInput={(event) => (props.text.value = event.currentTarget.value)}
        {...testId(props.id)}
      />
    </div>
  );
}

async function inPerson(desk: OrderDesk, interviewId: string, reason: string): Promise<Order> {
  const { rpc } = desk.session;
  await rpc.call("interview.in_person", { interview_id: interviewId, reason });
  // The order hears of it right afterwards, and tells us when it has.
  return rpc.call("order.get", { order_id: desk.id });
}

function PlainDialog({ desk, action, onClose }: ActionProps & { action: "in_person_done" | "produced" }): JSX.Element {
  const m = messages.value.review;
  const { rpc } = desk.session;
  const [title, text] = action === "produced" ? [m.producedTitle, m.producedText] : [m.inPersonDoneTitle, m.inPersonDoneText];
  return (
    <Confirm
      title={title}
      text={text}
      confirm={m.actions[action]}
      id={action}
      look="primary"
      plain
      act={() => desk.act(action, (now) => rpc.call(`review.${action}`, versionOf(now)))}
      onClose={onClose}
    />
  );
}

function DispatchDialog({ desk, onClose }: ActionProps): JSX.Element {
  const m = messages.value.review;
  const way = useSignal<DispatchWay>("courier");
  const tracking = useSignal("");
  const { rpc } = desk.session;
  const send = (now: Order): Promise<Order> => {
    const number = way.peek() === "courier" ? tracking.peek().trim() : "";
    return rpc.call("review.dispatched", { ...versionOf(now), way: way.peek(), ...(number === "" ? {} : { tracking: number }) });
  };
  return (
    <Confirm
      title={m.dispatchedTitle}
      text={m.dispatchedText}
      confirm={m.actions.dispatched}
      id="dispatched"
      look="primary"
      act={() => desk.act("dispatched", send)}
      onClose={onClose}
    >
      <Ways way={way} />
      {way.value === "courier" && <Field text={tracking} id="tracking" name={m.tracking} max={64} />}
    </Confirm>
  );
}

function Ways({ way }: { way: Signal<DispatchWay> }): ComponentChildren {
  const m = messages.value.review;
  return (
    <fieldset class="outcomes">
      <legend class="visually-hidden">{m.dispatchedText}</legend>
      {(["courier", "collect"] as const).map((one) => (
        <label key={one} class="outcome">
          <input type="radio" name="way" checked={way.value === one} onChange={() => (way.value = one)} {...testId(`way-${one}`)} />
          <span class="strong">{m.ways[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}
