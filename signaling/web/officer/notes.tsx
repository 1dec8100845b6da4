import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { clockSeconds, viewerZone } from "../client/time";
import type { DeskProps } from "./interview";

const NOTE_MAX = 4000;

export function Notes({ desk }: DeskProps): JSX.Element {
  const m = messages.value.officer;
  const notes = desk.notes.value;
  const draft = useSignal("");
  const busy = useSignal(false);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [notes.length]);
  const add = async (): Promise<void> => {
    const text = draft.peek().trim();
    if (text === "" || busy.peek()) return;
    busy.value = true;
    if (await desk.addNote(text)) draft.value = "";
    busy.value = false;
  };
  return (
    <section class="card panel notes" aria-labelledby="notes">
      <h2 id="notes">{m.notes}</h2>
      {notes.length === 0 ? (
        <p class="muted">{m.noNotes}</p>
      ) : (
        <ol ref={list} class="note-list" tabIndex={0} aria-labelledby="notes">
          {notes.map((note) => (
            <li key={note.id} {...testId("note-item")}>
              <p class="muted">
                <time dateTime={note.at}>{clockSeconds(note.at, language.value, viewerZone())}</time> · {note.officer_name}
              </p>
              <p class="note-text">{note.text}</p>
            </li>
          ))}
        </ol>
      )}
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <label for="note">{m.noteText}</label>
        <textarea
          id="note"
          rows={2}
          maxLength={NOTE_MAX}
          aria-describedby="note-hint"
          value={draft}
          onInput={(event) => (draft.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void add();
          }}
          {...testId("note-text")}
        />
        <div class="note-foot">
          <span class="muted" id="note-hint">
            {m.noteHint}
          </span>
          <button type="submit" class="button" disabled={busy.value || draft.value.trim() === ""} {...testId("note-add")}>
            {m.noteAdd}
          </button>
        </div>
      </form>
    </section>
  );
}
