/** On top of the order: one sentence what to do next, and one button for it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { pagePath } from "../home/route";
import { Ask } from "./ask";
import { nextStep, type NextAction } from "./next";
import type { PartProps } from "./part";

export function NextCard(props: PartProps & { show: (section: string) => void }): JSX.Element {
  const { session, order, show, flush } = props;
  const m = messages.value.orders;
  const asking = useSignal(false);
  const { code, action } = nextStep(order);
  const text = m.next[code];
  const tries = code === "face_check" ? order.facecheck?.tries : null;
  const go = async (to: NextAction): Promise<void> => {
    if (to.do === "show") show(to.section);
    else if (to.do === "enter") await session.enter(to.what);
    else if (to.do === "new") session.home.go(pagePath("new"));
    else if (to.do === "complete") asking.value = true;
    else {
      await flush();
      await session.act("supplemented");
    }
  };
  // To what is missing first; sending again is the next thing only when all is there.
  const button = code === "supplement" && action?.do === "show" ? m.supplementWhere : text.button;
  return (
    <section class="card next-card" aria-label={m.nextTitle} {...testId("next")} data-code={code}>
      <p class="eyebrow">{m.nextTitle}</p>
      <p class="next-text" role="status">
        {text.text}
      </p>
      {tries && tries.used > 0 && tries.used <= tries.max && (
        <p class="muted" {...testId("facecheck-tries")} data-used={tries.used}>
          {m.facecheckTries(tries)}
        </p>
      )}
      {action && (
        <div class="actions">
          <Button id="next-action" look="primary" busy={session.busy.value !== null} onClick={() => void go(action)}>
            {button}
          </Button>
        </div>
      )}
      {asking.value && (
        <Ask
          id="receive"
          look="primary"
          title={m.receiveTitle}
          text={m.receiveText}
          confirm={m.next.receive.button ?? m.receiveTitle}
          act={() => session.act("complete")}
          onClose={() => (asking.value = false)}
        />
      )}
    </section>
  );
}
