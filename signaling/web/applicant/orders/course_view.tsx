import type { JSX } from "preact";
import type { Order } from "../../client/api_order";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Icon } from "../../client/ui/icons";
import { whenOf } from "../../client/ui/order_words";
import { courseOf } from "./course";

/** How far the order has come: one below the other on a phone, side by side where there is room. */
export function Course({ order }: { order: Order }): JSX.Element {
  const m = messages.value;
  return (
    <section class="card" aria-labelledby="course-title">
      <h2 id="course-title">{m.orders.courseTitle}</h2>
      <ol class="course" {...testId("course")}>
        {courseOf(order).map(({ state, look, at }) => (
          <li key={state} data-look={look} aria-current={look === "now" ? "step" : undefined} {...testId("course-step")} data-state={state}>
            <span class="course-mark">
              {look === "done" && <Icon name="check" />}
              {look === "stopped" && <Icon name="cross" />}
            </span>
            <span class="course-words">
              <span class={look === "ahead" ? "" : "strong"}>
                {m.review.states[state]}
                {look === "now" && <span class="visually-hidden"> ({m.orders.now})</span>}
              </span>
              {at && <span class="muted small">{whenOf(order, at)}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
