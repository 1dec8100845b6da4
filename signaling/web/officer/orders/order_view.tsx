/** Everything of one order on one screen, and what an officer can do with it. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Order } from "../../client/api_order";
import { colon, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button, Heading } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { kindOf, OrderChip, whenOf } from "../../client/ui/order_words";
import { Loading } from "../app";
import { BackLink } from "../back";
import { useShortcuts, type Shortcut } from "../keys";
import { go, interviewPath, orderPath, sectionPath } from "../route";
import { AssignControl } from "./assign";
import { actionsOf, type OrderAction } from "./order";
import { ApplicantCard, DeclarationCard, DetailsCard } from "./order_cards";
import type { OrderDesk } from "./order_desk";
import { ActionDialog, type AskedAction } from "./order_dialogs";
import { HistoryCard, InterviewCard, ProposalCard } from "./order_course";
import { FaceCheckCard, MaterialsCard, viewedPictures } from "./order_materials";
import { nameOf, OrderMarks, waited } from "./order_words";

export interface OrderProps {
  desk: OrderDesk;
}
export interface WithOrder extends OrderProps {
  order: Order;
}

const KEYS: Record<OrderAction, string> = {
  take: "t",
  approve: "a",
  supplement: "s",
  require_interview: "i",
  reject: "r",
  drop_interview: "x",
  in_person: "p",
  in_person_done: "a",
  produced: "a",
  dispatched: "a",
};

const LOOKS: Partial<Record<OrderAction, "primary" | "danger" | "accept">> = {
  take: "primary",
  approve: "accept",
  in_person_done: "primary",
  produced: "primary",
  dispatched: "primary",
};

export function OrderView({ desk }: OrderProps): JSX.Element {
  const m = messages.value;
  const order = desk.order.value;
  if (desk.missing.value) {
    return (
      <main class="column message">
        <Heading title={m.problems.not_found.what}>{m.problems.not_found.what}</Heading>
        <a class="button" href={desk.session.backPath}>
          {m.review.back}
        </a>
      </main>
    );
  }
  return order ? <OpenOrder desk={desk} order={order} /> : <Loading />;
}

function OpenOrder({ desk, order }: WithOrder): JSX.Element {
  const m = messages.value;
  const asking = useSignal<AskedAction | null>(null);
  useOrderKeys(desk, order, asking);
  return (
    <main class="order-page" {...testId("order")} data-state={order.state} data-version={order.version}>
      <div class="order-head">
        <div class="order-title">
          <BackLink session={desk.session} />
          <div>
            <Heading title={`${order.number} · ${m.officer.title}`}>
              {nameOf(order)}
              {order.applicant.name_latin && <span class="latin">{order.applicant.name_latin}</span>}
            </Heading>
            <p class="muted order-facts">
              <span class="mono">{order.number}</span>
              <span>
                {kindOf(order)}
                {order.condition && ` · ${m.review.conditions[order.condition]}`}
              </span>
              <span title={whenOf(order, order.state_since)}>{m.review.inState({ time: waited(order.state_since) })}</span>
            </p>
          </div>
          <OrderChip state={order.state} />
          <OrderMarks order={order} />
        </div>
        <div class="order-do">
          <AssignControl desk={desk} order={order} />
          <Actions desk={desk} order={order} asking={asking} />
        </div>
      </div>
      <Told desk={desk} order={order} />
      <div class="order-columns-of-cards">
        <div>
          <ApplicantCard order={order} />
          <DetailsCard order={order} />
          <DeclarationCard order={order} />
        </div>
        <div>
          <MaterialsCard desk={desk} order={order} />
          <FaceCheckCard desk={desk} order={order} />
        </div>
        <div>
          <ProposalCard order={order} />
          <InterviewCard order={order} />
          <HistoryCard order={order} />
        </div>
      </div>
      {asking.value && <ActionDialog desk={desk} order={order} action={asking.value} onClose={() => (asking.value = null)} />}
    </main>
  );
}

async function take(desk: OrderDesk): Promise<void> {
  await desk.act("take", (order) => desk.session.rpc.call("review.take", { order_id: order.id }));
}

function begin(desk: OrderDesk, action: OrderAction, asking: Signal<AskedAction | null>): void {
  if (action === "take") void take(desk);
  else asking.value = action;
}

function Actions({ desk, order, asking }: WithOrder & { asking: Signal<AskedAction | null> }): JSX.Element {
  const m = messages.value.review;
  const actions = actionsOf(order);
  return (
    <div class="order-actions" role="group" aria-label={m.actionsName}>
      {actions.map((action) => (
        <Button key={action} id={`do-${action}`} {...lookOf(action)} onClick={() => begin(desk, action, asking)}>
          {m.actions[action]}
          <kbd aria-hidden="true">{KEYS[action].toUpperCase()}</kbd>
        </Button>
      ))}
      {actions.length === 0 && <span class="muted">{m.noAction[order.state]}</span>}
    </div>
  );
}

function lookOf(action: OrderAction): { look?: "primary" | "danger" | "accept" } {
  const look = LOOKS[action];
  return look ? { look } : {};
}

/** What was just done or was not, and what the applicant has been told. */
function Told({ desk, order }: WithOrder): JSX.Element {
  const m = messages.value.review;
  const done = desk.done.value;
  const waiting = desk.session.queue.data.value?.waiting.length ?? 0;
  return (
    <div class="told" role="status" aria-live="polite">
      {desk.conflict.value && (
        <p class="note warn" {...testId("conflict")}>
          <Icon name="warn" />
          <span>{m.conflict}</span>
        </p>
      )}
      {done && (
        <p class="note good" {...testId("done")} data-action={done}>
          <Icon name="check" />
          <span class="strong">{m.done[done]}</span>
          {done !== "take" && waiting > 0 && (
            <Button id="take-next" onClick={() => void takeNext(desk)}>
              {m.takeNext}
              <kbd aria-hidden="true">N</kbd>
            </Button>
          )}
        </p>
      )}
      {order.state === "supplement_required" && order.supplement && <Supplement order={order} />}
      {order.state === "rejected" && order.reason && (
        <p class="note">
          <span>
            <span class="strong">{m.rejection}{colon}</span>{order.reason}
          </span>
        </p>
      )}
      {order.way && (
        <p class="note">
          <span>
            <span class="strong">{m.ways[order.way]}</span>
            {order.tracking && <span class="mono"> {order.tracking}</span>}
          </span>
        </p>
      )}
    </div>
  );
}

function Supplement({ order }: { order: Order }): JSX.Element | null {
  const m = messages.value.review;
  if (!order.supplement) return null;
  const { slots, fields, since, text } = order.supplement;
  const names = [...slots.map((slot) => m.slots[slot]), ...fields.map((field) => m.fields[field])];
  return (
    <p class="note" {...testId("supplement")}>
      <span>
        <span class="strong">
          {m.supplementOpen}{colon}{names.join(", ")}
        </span>{" "}
        <span class="muted">{whenOf(order, since)}</span>
        <span class="supplement-text">{text}</span>
      </span>
    </p>
  );
}

async function takeNext(desk: OrderDesk): Promise<void> {
  const order = await desk.session.queue.take();
  if (order) go(orderPath(order.id));
}

function useOrderKeys(desk: OrderDesk, order: Order, asking: Signal<AskedAction | null>): void {
  const m = messages.value;
  const { session } = desk;
  const neighbour = (step: 1 | -1) => (): void => {
    const next = session.queue.neighbour(order.id, step);
    if (!next) return;
    session.queue.chosen.value = next.id;
    go(orderPath(next.id));
  };
  const [firstPicture] = viewedPictures(desk, order);
  const interview = order.interview;
  const optional: (Shortcut | false)[] = [
    firstPicture !== undefined && {
      keys: "m",
      name: m.desk.keys.materials,
      act: () => void (desk.viewing.value = firstPicture.id),
    },
    interview !== null && { keys: "o", name: m.review.openInterview, act: () => go(interviewPath(interview.id)) },
    desk.done.value !== null && { keys: "n", name: m.review.takeNext, act: () => void takeNext(desk) },
  ];
  useShortcuts(m.desk.keys.order, [
    ...actionsOf(order).map((action) => ({ keys: KEYS[action], name: m.review.actions[action], act: () => begin(desk, action, asking) })),
    ...optional.filter((one) => one !== false),
    { keys: "j", name: m.review.next, act: neighbour(1) },
    { keys: "k", name: m.review.previous, act: neighbour(-1) },
    { keys: "u", name: m.desk.sections[session.section.value], act: () => go(sectionPath(session.section.peek())) },
  ]);
  // A change of keys shows in the overlay when it is opened next.
  useEffect(() => () => void (desk.viewing.value = null), [desk]);
}
