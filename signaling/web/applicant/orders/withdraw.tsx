/** Giving an order up, or why that is not possible (D-52). */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Ask } from "./ask";
import { isEmergency } from "./kinds";
import type { PartProps } from "./part";

const REASON_MAX = 500;
const OVER: ReadonlySet<string> = new Set(["completed", "rejected", "withdrawn"]);

export function Withdraw({ session, order, flush }: PartProps): JSX.Element | null {
  const m = messages.value.orders;
  const asking = useSignal(false);
  const reason = useSignal("");
  if (OVER.has(order.state)) return null;
  if (!order.can.withdraw) {
    return (
      <p class="muted small" {...testId("not-withdrawable")}>
        {isEmergency(order.kind) ? m.withdrawNever : m.withdrawLate}
      </p>
    );
  }
  const act = async (): Promise<boolean> => {
    await flush();
    const why = reason.peek().trim();
    const worked = await session.act("withdraw", why === "" ? {} : { reason: why });
    asking.value = false; // a refusal stands on the page
    return worked;
  };
  return (
    <div>
      <button type="button" class="text-button" onClick={() => (asking.value = true)} {...testId("withdraw")}>
        {m.withdraw}
      </button>
      {asking.value && (
        <Ask id="withdraw" title={m.withdrawTitle} text={m.withdrawText} confirm={m.withdraw} act={act} onClose={() => (asking.value = false)}>
          <div class="field">
            <label for="withdraw-reason">{m.withdrawReason}</label>
            <textarea
              id="withdraw-reason"
              rows={2}
              maxLength={REASON_MAX}
              value={reason}
              onInput={(event) => (reason.value = event.currentTarget.value)}
              {...testId("withdraw-reason")}
            />
          </div>
        </Ask>
      )}
    </div>
  );
}
