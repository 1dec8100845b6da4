/** The queue of the day: who waits, what is mine, what my colleagues have, and everything else by searching. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ORDER_STATES, type Order, type OrderState } from "../../client/api_order";
import { language, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { dayInWords } from "../../client/time";
import { Button, Heading } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { kindOf, OrderChip } from "../../client/ui/order_words";
import type { PageProps } from "../app";
import { useShortcuts } from "../keys";
import { go, orderPath } from "../route";
import { RowList, type RowProps } from "../row_list";
import { nameOf, OrderMarks, waited } from "./order_words";
import { QUEUE_TABS, type Queue, type QueueTab } from "./queue";

/* Where the server does not tell of every change, looking again does. */
const LOOK_AGAIN_MS = 30_000;

export function QueueView({ session }: PageProps): JSX.Element {
  const m = messages.value.review;
  const { queue } = session;
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && void queue.refresh(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [queue]);
  useShortcuts(messages.value.desk.keys.queue, [
    { keys: "n", name: m.takeNext, act: () => void takeNext(queue) },
    ...QUEUE_TABS.map((tab, index) => ({ keys: String(index + 1), name: m.tabs[tab], act: () => queue.show(tab) })),
    { keys: "/", name: messages.value.desk.keys.search, act: () => search.current?.focus() },
  ]);
  return (
    <main class="queue-page" {...testId("queue")}>
      <div class="page-head">
        <Heading title={`${m.queueTitle} · ${messages.value.officer.title}`}>{m.queueTitle}</Heading>
        <Capacity queue={queue} />
        <Search queue={queue} field={search} />
        <Button id="take-next" look="primary" disabled={(queue.data.value?.waiting.length ?? 0) === 0} onClick={() => void takeNext(queue)}>
          {m.takeNext}
          <kbd aria-hidden="true">N</kbd>
        </Button>
      </div>
      <Tabs queue={queue} />
      <section id="queue-panel" role="tabpanel" aria-labelledby={`tab-${queue.tab.value}`} class="queue-panel">
        {queue.tab.value === "all" && <StateFilter queue={queue} />}
        <Orders queue={queue} />
      </section>
    </main>
  );
}

async function takeNext(queue: Queue): Promise<void> {
  const order = await queue.take();
  if (order) go(orderPath(order.id));
}

function Capacity({ queue }: { queue: Queue }): JSX.Element | null {
  const m = messages.value.review;
  const data = queue.data.value;
  if (!data) return null;
  const { taken, capacity } = data;
  return (
    <div class="capacity" {...testId("capacity")} data-taken={taken} data-capacity={capacity}>
      <span class="muted">{dayInWords(data.day, language.value)}</span>
      <span class="capacity-line">
        <meter min={0} max={capacity} value={Math.min(taken, capacity)} aria-label={m.taken({ n: taken, total: capacity })} />
        <span>{taken >= capacity ? m.dayFull : m.taken({ n: taken, total: capacity })}</span>
      </span>
    </div>
  );
}

function Search({ queue, field }: { queue: Queue; field: { current: HTMLInputElement | null } }): JSX.Element {
  const m = messages.value.review;
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        queue.show("all");
      }}
    >
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={m.search}
        placeholder={m.search}
        autocomplete="off"
        maxLength={64}
        value={queue.text}
        onInput={(event) => queue.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.isComposing) return;
          event.preventDefault();
          if (queue.text.peek() !== "") queue.type("");
          event.currentTarget.blur();
        }}
        {...testId("search")}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

function countOf(queue: Queue, tab: QueueTab): number | null {
  return tab === "all" ? null : (queue.data.value?.lengths[tab] ?? null);
}

function Tabs({ queue }: { queue: Queue }): JSX.Element {
  const m = messages.value.review;
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = QUEUE_TABS[(QUEUE_TABS.indexOf(queue.tab.peek()) + step + QUEUE_TABS.length) % QUEUE_TABS.length] ?? "waiting";
    queue.show(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={m.queueTitle} onKeyDown={move}>
      {QUEUE_TABS.map((tab) => {
        const here = queue.tab.value === tab;
        const count = countOf(queue, tab);
        return (
          <button
            key={tab}
            id={`tab-${tab}`}
            type="button"
            role="tab"
            aria-selected={here}
            aria-controls="queue-panel"
            tabIndex={here ? 0 : -1}
            onClick={() => queue.show(tab)}
            {...testId(`tab-${tab}`)}
          >
            {m.tabs[tab]}
            {count !== null && <span class="count">{count}</span>}
          </button>
        );
      })}
    </div>
  );
}

/** Every state that has orders, with how many; one narrows the list. */
function StateFilter({ queue }: { queue: Queue }): JSX.Element {
  const m = messages.value.review;
  const counts = queue.data.value?.counts ?? {};
  const chosen = queue.state.value;
  const states = ORDER_STATES.filter((state) => (counts[state] ?? 0) > 0 || state === chosen);
  const Option = ({ state, name, count }: { state: OrderState | null; name: string; count: number | null }): JSX.Element => (
    <button
      type="button"
      class="filter"
      aria-pressed={chosen === state}
      onClick={() => queue.showState(state)}
      {...testId("state-filter")}
      data-state={state ?? "any"}
    >
      {name}
      {count !== null && <span class="muted">{count}</span>}
    </button>
  );
  return (
    <div class="filters" role="group" aria-label={m.stateFilter}>
      <Option state={null} name={m.anyState} count={null} />
      {states.map((state) => (
        <Option key={state} state={state} name={m.states[state]} count={counts[state] ?? 0} />
      ))}
    </div>
  );
}

function Orders({ queue }: { queue: Queue }): JSX.Element {
  const m = messages.value;
  const rows = queue.rows.value;
  const tab = queue.tab.value;
  if (!rows) {
    return (
      <p class="loading" role="status">
        <span class="spinner" aria-hidden="true" />
        {m.loading}
      </p>
    );
  }
  if (rows.length === 0) return <Nothing tab={tab} />;
  return (
    <>
      <div class="order-columns" aria-hidden="true">
        <span>{m.review.columns.since}</span>
        <span>{m.review.columns.applicant}</span>
        <span>{m.review.columns.kind}</span>
        <span>{m.review.columns.notes}</span>
        <span>{tab === "waiting" ? m.review.district : m.review.columns.state}</span>
        <span>{m.review.columns.number}</span>
      </div>
      <RowList key={tab} id="orders" ids={rows.map(({ id }) => id)} chosen={queue.chosen} name={m.review.tabs[tab]}>
        {(rowProps) => rows.map((order) => <Row key={order.id} order={order} tab={tab} props={rowProps(order.id)} />)}
      </RowList>
      {queue.goesOn.value && (
        <Button id="more-orders" onClick={() => void queue.more()}>
          {m.review.more}
        </Button>
      )}
    </>
  );
}

function Nothing({ tab }: { tab: QueueTab }): JSX.Element {
  const m = messages.value.review;
  const [what, next] = {
    waiting: [m.nobodyWaits, m.nobodyWaitsHint],
    mine: [m.nothingMine, m.nothingMineHint],
    others: [m.nothingOthers, ""],
    all: [m.nothingFound, m.nothingFoundHint],
  }[tab];
  return (
    <div class="card nothing" {...testId("no-orders")}>
      <p class="strong">{what}</p>
      <p>{next}</p>
    </div>
  );
}

function Row({ order, tab, props }: { order: Order; tab: QueueTab; props: RowProps }): JSX.Element {
  const m = messages.value.review;
  return (
    <li>
      <a class="order-row" href={orderPath(order.id)} {...props} {...testId("order-row")} data-order={order.id} data-state={order.state}>
        <span class="since">{waited(tab === "waiting" ? (order.submitted_at ?? order.state_since) : order.state_since)}</span>
        <span class="who">
          <span class="strong">{nameOf(order)}</span>
          <span class="muted">
            {[order.applicant.name_latin, order.applicant.age !== null ? m.yearsOld({ n: order.applicant.age }) : ""]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </span>
        <span class="what">
          {kindOf(order)}
          {order.condition && <span class="muted">{m.conditions[order.condition]}</span>}
        </span>
        <span class="marks">
          <OrderMarks order={order} />
        </span>
        <span class="where">
          {tab === "waiting" ? (
            order.own_district === true && m.ownDistrict
          ) : (
            <>
              <OrderChip state={order.state} />
              {tab !== "mine" && order.officer && <span class="muted">{order.officer.name}</span>}
            </>
          )}
        </span>
        <span class="number mono">{order.number}</span>
      </a>
    </li>
  );
}
