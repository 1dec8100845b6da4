/** All of it once more, and then submitted; or sent again after the mission asked for more. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { pagePath } from "../home/route";
import { DetailsSummary } from "./details_form";
import { hasDocument, isEmergency } from "./kinds";
import { missingOf, type MissingItem } from "./next";
import type { PartProps } from "./part";

export function Submit({ session, order, flush, show }: PartProps & { show: (section: string) => void }): JSX.Element {
  const m = messages.value.orders;
  const again = order.state === "supplement_required";
  const known = useSignal(false);
  const missing = missingOf(order);
  const finality = !again && isEmergency(order.kind);
  const unverified = !again && session.home.account.value?.verified === false;
  const send = async (): Promise<void> => {
    await flush();
    await session.act(again ? "supplemented" : "submit");
  };
  return (
    <div class="stack">
      <DetailsSummary order={order} />
      {missing.length > 0 && <Missing items={missing} show={show} />}
      {unverified && (
        <div class="note warn" {...testId("not-verified")}>
          <Icon name="person" />
          <div>
            <p>{m.submitVerify}</p>
            <a class="button" href={pagePath("account")}>
              {m.toAccount}
            </a>
          </div>
        </div>
      )}
      {!again && <p>{m.submitText}</p>}
      {!again && hasDocument(order) && <p>{m.submitCheck}</p>}
      {finality && (
        <label class="tick finality">
          <input type="checkbox" checked={known.value} onChange={(event) => (known.value = event.currentTarget.checked)} {...testId("submit-known")} />
          <span>{m.submitEmergency}</span>
        </label>
      )}
      <div class="actions">
        <Button
          id="submit-order"
          look="primary"
          disabled={!order.can.submit || (finality && !known.value)}
          busy={session.busy.value !== null}
          onClick={() => void send()}
        >
          {again ? m.sendAgain : m.submit}
        </Button>
      </div>
    </div>
  );
}

function Missing({ items, show }: { items: readonly MissingItem[]; show: (section: string) => void }): JSX.Element {
  const m = messages.value;
  const fields: Readonly<Record<string, string>> = m.review.fields;
  const slots: Readonly<Record<string, string>> = m.review.slots;
  const nameOf = ({ name, section }: MissingItem): string =>
    section === "declaration" ? m.orders.sections.declaration : ((section === "details" ? fields : slots)[name] ?? name);
  return (
    <div class="note warn" {...testId("missing")}>
      <Icon name="warn" />
      <div>
        <p class="strong">{m.orders.submitMissing}</p>
        <ul class="missing-list">
          {items.map((item) => (
            <li key={`${item.section} ${item.name}`}>
              <button type="button" class="text-button" onClick={() => show(item.section)} {...testId("missing-item")} data-item={item.name}>
                {nameOf(item)}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
