/** A list whose rows are links, gone through with the arrow keys. The focus stays with its row while rows come and go. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { messages } from "../client/i18n";
import { useShortcuts } from "./keys";
import { choiceByKey } from "./selection";

interface Props {
  ids: readonly string[];
  chosen: Signal<string | null>;
  /** What the list is called. */
  name: string;
  id: string;
  /** A row's link: it takes `rowProps` of its id. */
  children: (rowProps: (id: string) => RowProps) => ComponentChildren;
}

export interface RowProps {
  "data-row": string;
  "aria-current"?: "true";
  tabIndex: number;
  onFocus: () => void;
}

export function RowList({ ids, chosen, name, id, children }: Props): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const here = chosen.value !== null && ids.includes(chosen.value) ? chosen.value : null;
  // Asked before the rows change: a row that is moved or taken away loses the focus.
  const held = list.current?.contains(document.activeElement) ?? false;
  const focus = (row: string | null): void => {
    if (row !== null) list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row)}"]`)?.focus();
  };
  useLayoutEffect(() => {
    if (held && !list.current?.contains(document.activeElement)) focus(here ?? ids[0] ?? null);
  });
  // Back from what a row opened.
  useEffect(() => focus(here), []);
  const step = (key: string) => (): void => {
    const next = choiceByKey(ids, chosen.peek(), key);
    if (next === undefined || next === null) return;
    chosen.value = next;
    focus(next);
  };
  const m = messages.value.desk.keys;
  useShortcuts(m.list, [
    { keys: "ArrowDown", name: m.move, act: step("ArrowDown") },
    { keys: "ArrowUp", name: m.move, act: step("ArrowUp") },
    { keys: "j", name: m.move, act: step("j") },
    { keys: "k", name: m.move, act: step("k") },
    { keys: "PageDown", name: m.page, act: step("PageDown") },
    { keys: "PageUp", name: m.page, act: step("PageUp") },
    { keys: "Home", name: m.ends, act: step("Home") },
    { keys: "End", name: m.ends, act: step("End") },
  ]);
  const rowProps = (row: string): RowProps => ({
    "data-row": row,
    ...(row === here ? { "aria-current": "true" as const } : {}),
    tabIndex: row === (here ?? ids[0]) ? 0 : -1,
    onFocus: () => void (chosen.value = row),
  });
  return (
    <ul ref={list} class="rows" aria-label={name} data-testid={id}>
      {children(rowProps)}
    </ul>
  );
}
