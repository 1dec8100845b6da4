/** What the mission wants to be asked, taken and looked at, ticked off as it is done. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Script, ScriptItem } from "../../client/api_review";
import { language, messages } from "../../client/i18n";
import { TEXT_KEY } from "../../client/language";
import { testId } from "../../client/testids";
import { clockSeconds, viewerZone } from "../../client/time";
import { Icon, type IconName } from "../../client/ui/icons";
import type { DeskProps } from "../interview";
import { openItems } from "./decide";
import { GuardianPanel } from "./guardian_panel";

const ANSWER_MAX = 2000;
const SIGNS: Record<ScriptItem["kind"], IconName> = { question: "speech", capture: "other", check: "check" };

const wordsOf = (item: ScriptItem): string => item.text[TEXT_KEY[language.value]] || item.text.en;

export function ScriptPanel({ desk }: DeskProps): JSX.Element {
  const m = messages.value.desk.script;
  const script = desk.conduct.script.value;
  const items = script?.items ?? [];
  return (
    <section class="panel script" aria-label={m.title} tabIndex={-1} {...testId("script")}>
      <GuardianPanel desk={desk} />
      {script && items.length === 0 && <p class="muted">{m.none}</p>}
      {script && items.length > 0 && <Progress script={script} />}
      <ol>
        {items.map((item) => (
          <Item key={item.id} desk={desk} item={item} />
        ))}
      </ol>
    </section>
  );
}

function Progress({ script }: { script: Script }): JSX.Element {
  const m = messages.value.desk.script;
  const done = script.items.filter((item) => item.done !== null).length;
  const open = openItems(script).length;
  return (
    <p class="script-progress" role="status">
      <meter min={0} max={script.items.length} value={done} aria-hidden="true" />
      <span>
        {m.progress({ done, total: script.items.length })}
        <span class="muted"> · {open > 0 ? m.open({ n: open }) : m.allDone}</span>
      </span>
    </p>
  );
}

function Item({ desk, item }: DeskProps & { item: ScriptItem }): JSX.Element {
  const m = messages.value.desk.script;
  const able = desk.conduct.able.value;
  const words = wordsOf(item);
  return (
    <li {...testId("script-item")} data-item={item.id} data-kind={item.kind} data-done={item.done !== null} data-required={item.required}>
      <label class="script-line">
        <input
          type="checkbox"
          checked={item.done !== null}
          disabled={!able}
          aria-label={m.tick({ text: words })}
          onChange={(event) => {
            const { checked } = event.currentTarget;
            event.currentTarget.checked = item.done !== null; // what is shown is what is stored
            void desk.conduct.answer(item, checked, item.done?.answer ?? "");
          }}
          {...testId("script-tick")}
        />
        <span>
          {words}
          {item.required && item.done === null && <span class="required"> {m.required}</span>}
        </span>
        <span class="script-kind" title={m.kinds[item.kind]}>
          <Icon name={SIGNS[item.kind]} />
        </span>
      </label>
      {item.kind === "question" && <Answer desk={desk} item={item} words={words} able={able} />}
      {item.kind === "capture" && item.done === null && able && <Take desk={desk} item={item} />}
      {item.done && (
        <p class="script-done">
          {clockSeconds(item.done.at, language.value, viewerZone())} · {item.done.officer_name}
        </p>
      )}
    </li>
  );
}

function Take({ desk, item }: DeskProps & { item: ScriptItem }): JSX.Element | null {
  const m = messages.value;
  if (item.capture === null) return null;
  const kind = item.capture;
  return (
    <button type="button" class="button script-take" disabled={desk.captureStatus.value.state === "running"} onClick={() => void desk.conduct.capture(item)} {...testId("script-take")}>
      <Icon name={kind} />
      {kind === "face" ? m.desk.script.takeFace : kind === "document" ? m.desk.script.takeDocument : m.officer.capture}
    </button>
  );
}

/** Enter stores the answer and ticks the question off. */
function Answer({ desk, item, words, able }: DeskProps & { item: ScriptItem; words: string; able: boolean }): JSX.Element | null {
  const m = messages.value.desk.script;
  const stored = item.done?.answer ?? "";
  const draft = useSignal<string | null>(null);
  const text = draft.value ?? stored;
  const save = async (): Promise<void> => {
    if (text.trim() === stored || text.trim() === "") return;
    if (await desk.conduct.answer(item, true, text.trim())) draft.value = null;
  };
  if (!able) return stored === "" ? null : <p class="script-answer">{stored}</p>;
  return (
    <form
      class="script-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input
        type="text"
        aria-label={m.answerOf({ text: words })}
        placeholder={m.answer}
        autocomplete="off"
        maxLength={ANSWER_MAX}
        value={text}
        onInput={(event) => (draft.value = event.currentTarget.value)}
        {...testId("script-answer")}
      />
      {draft.value !== null && draft.value.trim() !== stored && draft.value.trim() !== "" && (
        <button type="submit" class="button" {...testId("script-save")}>
          {m.save}
        </button>
      )}
    </form>
  );
}
