/** A second officer's opinion: asked for, given, and there for whoever decides. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Opinion, OpinionWord } from "../../client/api_review";
import { colon, messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import type { DeskProps } from "../interview";

const REASON_MAX = 500;

export function OpinionPanel({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value.desk.colleagues;
  const opinion = desk.interview.value?.opinion;
  if (!opinion) return null;
  return (
    <section class="card panel opinion" aria-labelledby="opinion" {...testId("opinion")} data-opinion={opinion.opinion ?? "open"}>
      <h2 id="opinion">{m.opinionTitle}</h2>
      {desk.conduct.asksMe.value ? <OpinionForm desk={desk} /> : <Said opinion={opinion} />}
    </section>
  );
}

function Said({ opinion }: { opinion: Opinion }): JSX.Element {
  const m = messages.value.desk.colleagues;
  if (opinion.opinion === null) return <p class="muted">{m.asked({ name: opinion.officer.name })}</p>;
  return (
    <>
      <p class={opinion.opinion === "agree" ? "verdict good" : "verdict"}>
        <Icon name={opinion.opinion === "agree" ? "check" : "warn"} />
        {opinion.officer.name}{colon}{m.opinions[opinion.opinion]}
      </p>
      {opinion.reason && <p class="quote">{opinion.reason}</p>}
    </>
  );
}

function OpinionForm({ desk }: DeskProps): JSX.Element {
  const m = messages.value.desk.colleagues;
  const word = useSignal<OpinionWord | null>(null);
  const reason = useSignal("");
  const busy = useSignal(false);
  const needed = word.value === "disagree" && reason.value.trim() === "";
  const send = async (): Promise<void> => {
    if (word.peek() === null) return;
    busy.value = true;
    await desk.conduct.giveOpinion(word.peek() ?? "disagree", reason.peek().trim());
    busy.value = false;
  };
  return (
    <>
      <p>{m.yourOpinion}</p>
      <fieldset class="chips">
        <legend class="visually-hidden">{m.yourOpinion}</legend>
        {(["agree", "disagree"] as const).map((one) => (
          <label key={one} class="chip-choice">
            <input type="radio" name="opinion" checked={word.value === one} onChange={() => (word.value = one)} {...testId(`opinion-${one}`)} />
            {m[one]}
          </label>
        ))}
      </fieldset>
      <div class="field">
        <label for="opinion-reason">{m.reason}</label>
        <textarea
          id="opinion-reason"
          rows={2}
          maxLength={REASON_MAX}
          value={reason}
          onInput={(event) => (reason.value = event.currentTarget.value)}
          {...testId("opinion-reason")}
        />
        {needed && <span class="muted small">{m.reasonNeeded}</span>}
      </div>
      <Button id="send-opinion" look="primary" disabled={word.value === null || needed} busy={busy.value} onClick={() => void send()}>
        {m.send}
      </Button>
    </>
  );
}
