/** What every account holder should know, whatever they came for. */
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Icon } from "../../client/ui/icons";

/** D-58. */
export function FraudNote(): JSX.Element {
  const m = messages.value.home;
  return (
    <div class="note warn" {...testId("fraud-note")}>
      <Icon name="shield" />
      <div>
        <p class="strong">{m.fraudTitle}</p>
        <p>{m.fraudText}</p>
      </div>
    </div>
  );
}

/** D-56: one tap calls, from anywhere. */
export function Hotline(): JSX.Element {
  const m = messages.value.home;
  return (
    <div class="note hotline" {...testId("hotline")}>
      <Icon name="phone" />
      <div>
        <p class="strong">{m.hotlineTitle}</p>
        <p>{m.hotlineText}</p>
        <a class="button" href="tel:+861012308">
          {m.hotlineCall}
        </a>
      </div>
    </div>
  );
}
