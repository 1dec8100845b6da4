/** "My orders" (D-29): each with where it stands and what comes next. */
import type { JSX } from "preact";
import { NEXT_CODES, type Order } from "../../client/api_order";
import { colon, language, messages, nameOf } from "../../client/i18n";
import { testId } from "../../client/testids";
import { longDay, viewerZone } from "../../client/time";
import { Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { kindOf, OrderChip } from "../../client/ui/order_words";
import { isOver, needsHolder } from "./lists";
import { FraudNote, Hotline } from "./notes";
import { orderPath, pagePath } from "./route";
import type { HomeProps } from "./view";

export function OrdersView({ home }: HomeProps): JSX.Element {
  const m = messages.value.home;
  const orders = home.orders.value;
  const open = orders?.filter((order) => !isOver(order)) ?? [];
  const over = orders?.filter(isOver) ?? [];
  return (
    <div class="stack" {...testId("orders")}>
      <div class="page-head">
        <Heading title={`${m.orders} · ${m.brand}`}>{m.orders}</Heading>
        {orders && orders.length > 0 && <NewOrder />}
      </div>
      {home.problem.value && <ProblemNote problem={home.problem.value} />}
      {home.account.value?.verified === false && <VerifyNote />}
      {!orders && !home.problem.value && <Loading />}
      {orders?.length === 0 && <Empty />}
      {open.length > 0 && <Cards orders={open} />}
      {over.length > 0 && (
        <section class="stack">
          <h2>{m.ordersOver}</h2>
          <Cards orders={over} />
        </section>
      )}
      <FraudNote />
      <Hotline />
    </div>
  );
}

export function Loading(): JSX.Element {
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {messages.value.loading}
    </p>
  );
}

function NewOrder(): JSX.Element {
  return (
    <a class="button primary" href={pagePath("new")} {...testId("new-order")}>
      <Icon name="plus" />
      {messages.value.home.newOrder}
    </a>
  );
}

function VerifyNote(): JSX.Element {
  const m = messages.value.home;
  return (
    <div class="note" {...testId("verify-first")}>
      <Icon name="person" />
      <div>
        <p>{m.verifyFirst}</p>
        <a class="button" href={pagePath("account")}>
          {m.verifyNow}
        </a>
      </div>
    </div>
  );
}

function Empty(): JSX.Element {
  const m = messages.value.home;
  return (
    <div class="card empty" {...testId("no-orders")}>
      <span class="empty-sign">
        <Icon name="document" />
      </span>
      <h2>{m.noOrders}</h2>
      <p class="muted">{m.noOrdersText}</p>
      <NewOrder />
    </div>
  );
}

function Cards({ orders }: { orders: Order[] }): JSX.Element {
  return (
    <ul class="order-cards">
      {orders.map((order) => (
        <li key={order.id}>
          <OrderCard order={order} />
        </li>
      ))}
    </ul>
  );
}

function OrderCard({ order }: { order: Order }): JSX.Element {
  const m = messages.value;
  const yours = needsHolder(order);
  const next = NEXT_CODES.find((code) => code === order.next);
  const since = longDay(order.state_since, language.value, viewerZone());
  return (
    <a class="card order-card" href={orderPath(order.id)} data-yours={yours} data-order={order.id} {...testId("order-card")}>
      <span class="order-top">
        <span class="strong">{kindOf(order)}</span>
        <OrderChip state={order.state} />
      </span>
      <span class="order-who">{order.applicant.name === null ? m.home.draftFor : m.home.forName({ name: order.applicant.name })}</span>
      <span class="order-facts muted">
        <span class="mono">{order.number}</span>
        <span>{nameOf(order.mission)}</span>
        <span>{m.home.since({ name: since })}</span>
      </span>
      {next && (
        <span class="order-next">
          {yours && <span class="strong">{m.home.yourTurn}{colon}</span>}
          {m.orders.next[next].text}
        </span>
      )}
    </a>
  );
}
