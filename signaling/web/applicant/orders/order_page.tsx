/** One order: what to do next, how far it has come, and what can be filled in or looked at. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Order } from "../../client/api_order";
import { messages, nameOf } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { kindOf, OrderChip } from "../../client/ui/order_words";
import { pagePath } from "../home/route";
import { Course } from "./course_view";
import { Declaration } from "./declaration";
import { Details } from "./details";
import { DetailsForm, DetailsSummary } from "./details_form";
import { Materials } from "./materials";
import { NextCard } from "./next_card";
import { nextStep, openIn, SECTIONS, type Section } from "./next";
import { OrderSession } from "./order_session";
import { Appointment, Mailing, OnItsWay, Rejection, SupplementAsked } from "./outcome";
import type { PartProps } from "./part";
import type { OrdersHome } from "./port";
import { Submit } from "./submit";
import { Withdraw } from "./withdraw";

export function OrderPage({ home, orderId }: { home: OrdersHome; orderId: string }): JSX.Element {
  const session = useMemo(() => new OrderSession(home, orderId), [home, orderId]);
  useEffect(() => () => session.dispose(), [session]);
  const order = session.order.value;
  const problem = session.problem.value;
  if (order) return <Opened session={session} order={order} />;
  if (problem) return <ProblemNote problem={problem} />;
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {messages.value.loading}
    </p>
  );
}

function detailsOf(session: OrderSession): Details {
  const now = (): Order => {
    const order = session.order.peek();
    if (!order) throw new Error("details without their order");
    return order;
  };
  return new Details({
    order: now,
    update: async (version, values) => (await session.home.call("order.update", { order_id: session.id, version, ...values })) as Order,
    reload: async () => (await session.home.call("order.get", { order_id: session.id })) as Order,
    taken: (order) => session.take(order),
  });
}

/** The section that the next step is in is open from the beginning, and what it is about. */
const firstOpen = (order: Order): Section | null => {
  const { action } = nextStep(order);
  return action?.do === "show" && action.section !== "mailing" ? action.section : null;
};

function Opened({ session, order }: { session: OrderSession; order: Order }): JSX.Element {
  const m = messages.value;
  const details = useMemo(() => detailsOf(session), [session]);
  const open = useSignal<ReadonlySet<string>>(new Set([firstOpen(order) ?? ""]));
  const flush = (): Promise<void> => details.save();
  // What was open belongs to the state before; what is next stands on top.
  useEffect(() => {
    open.value = new Set([firstOpen(order) ?? ""]);
    scrollTo({ top: 0 });
  }, [order.state]);
  // What is typed when the page is left is saved.
  useEffect(() => () => void details.save(), [details]);
  const setOpen = (section: string, is: boolean): void => {
    const next = new Set(open.peek());
    if (is) next.add(section);
    else next.delete(section);
    open.value = next;
  };
  // One thing at a time: what was open before is in the way on a phone.
  const show = (section: string): void => {
    open.value = new Set([section]);
    requestAnimationFrame(() => {
      const part = document.getElementById(`part-${section}`);
      part?.scrollIntoView({ block: "start" });
      (part?.querySelector<HTMLElement>("summary") ?? part)?.focus({ preventScroll: true });
    });
  };
  const part: PartProps = { session, order, flush };
  const title = kindOf(order);
  return (
    <article class="order-page" {...testId("order")} data-state={order.state} data-version={order.version}>
      <a class="back-link" href={pagePath("orders")}>
        <Icon name="back" />
        {m.orders.back}
      </a>
      <header class="order-head">
        <div>
          <Heading title={`${title} · ${order.number}`}>{title}</Heading>
          <p class="muted order-of">
            <span>{nameOf(order.mission)}</span>
            <span class="mono">{order.number}</span>
          </p>
        </div>
        <OrderChip state={order.state} />
      </header>
      {session.problem.value && <ProblemNote problem={session.problem.value} />}
      <div class="order-columns" data-edit={order.can.edit}>
        <div class="stack order-news">
          <NextCard {...part} show={show} />
          <SupplementAsked order={order} show={show} />
          <Rejection order={order} />
          <Appointment {...part} />
          <Mailing {...part} />
          <OnItsWay order={order} />
        </div>
        <div class="stack order-parts">
          {SECTIONS.filter((section) => section !== "submit" || order.can.edit).map((section) => (
            <Part key={section} section={section} order={order} details={details} open={open.value.has(section)} setOpen={setOpen}>
              {section === "details" && (order.can.edit ? <DetailsForm order={order} details={details} mission={session.mission.value} /> : <DetailsSummary order={order} />)}
              {section === "declaration" && <Declaration {...part} />}
              {section === "materials" && <Materials {...part} />}
              {section === "submit" && <Submit {...part} show={show} />}
            </Part>
          ))}
        </div>
        <aside class="stack order-aside">
          <Course order={order} />
          <Withdraw {...part} />
        </aside>
      </div>
    </article>
  );
}

function Part(props: {
  section: Section;
  order: Order;
  details: Details;
  open: boolean;
  setOpen: (section: string, is: boolean) => void;
  children: ComponentChildren;
}): JSX.Element {
  const { section, open } = props;
  return (
    <details
      class="card part"
      id={`part-${section}`}
      open={open}
      onToggle={(event) => props.setOpen(section, event.currentTarget.open)}
      {...testId(`part-${section}`)}
    >
      <summary>
        <h2>{messages.value.orders.sections[section]}</h2>
        <PartState {...props} />
      </summary>
      {open && <div class="part-body">{props.children}</div>}
    </details>
  );
}

function PartState({ section, order, details }: { section: Section; order: Order; details: Details }): JSX.Element | null {
  const m = messages.value.orders;
  if (!order.can.edit || section === "submit") return null;
  const state = details.state.value;
  if (section === "details" && state !== "saved") {
    const words = { waiting: m.unsaved, saving: m.saving, failed: m.unsaved }[state];
    return (
      <span class={state === "failed" ? "chip bad" : "chip"} role="status" {...testId("saving")} data-state={state}>
        {words}
      </span>
    );
  }
  const n = openIn(section, order);
  return (
    <span class={n > 0 ? "chip warn" : "chip good"} {...testId("part-state")} data-open={n}>
      {n > 0 ? (
        m.openItems({ n })
      ) : (
        <>
          <Icon name="check" />
          {m.complete}
        </>
      )}
    </span>
  );
}
