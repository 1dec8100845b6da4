/** Shortcuts: which there are now, what a key press means, and whether it may be meant as one.
 *
 * A view offers its shortcuts while it is shown; the "?" overlay shows what is offered, so it cannot be wrong. */
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { preference } from "../client/credentials";

/** "n", "?", "Enter", "ArrowDown", or two keys one after the other: "g q". Letters match with or without Shift. */
export interface Shortcut {
  keys: string;
  /** What it does, in the reader's language. */
  name: string;
  act: () => void;
  /** Ctrl or Command is held: works in text fields too, and when single keys are switched off. */
  modified?: boolean;
}

export interface ShortcutGroup {
  name: string;
  shortcuts: Shortcut[];
  /** Of a dialog: while one is open, no others work. */
  dialog?: boolean;
}

export interface Press {
  key: string;
  modified: boolean;
}

const SEQUENCE_MS = 1500;
const FIRST_KEYS = new Set(["g"]);

/** Single keys may be switched off: speech input and a resting hand press them too (WCAG 2.1.4). */
export const singleKeys = signal(preference.get("capture_keys") !== "off");

export function switchSingleKeys(on: boolean): void {
  singleKeys.value = on;
  preference.set("capture_keys", on ? "on" : "off");
}

const same = (wanted: string, pressed: string): boolean =>
  wanted.length === 1 && pressed.length === 1 ? wanted.toLowerCase() === pressed.toLowerCase() : wanted === pressed;

/** The shortcut that `press` completes after `before` (the first key of a sequence, or null); the last offered wins. */
export function match(groups: readonly ShortcutGroup[], before: string | null, press: Press): Shortcut | null {
  for (const group of [...groups].reverse()) {
    for (const shortcut of group.shortcuts) {
      if ((shortcut.modified ?? false) !== press.modified) continue;
      const [first = "", second] = shortcut.keys.split(" ");
      const hit = second === undefined ? before === null && same(first, press.key) : before === first && same(second, press.key);
      if (hit) return shortcut;
    }
  }
  return null;
}

/** Whether `press` begins a sequence. */
export const begins = (press: Press): boolean => !press.modified && FIRST_KEYS.has(press.key.toLowerCase());

/* Radio buttons are gone through with the arrows, and selects with letters. */
const TYPED = "input:not([type=checkbox],[type=button]),textarea,select,[contenteditable]";

/** Not what is typed, and nothing beneath a dialog. */
function allowed(event: KeyboardEvent, shortcut: Shortcut): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) return false;
  if (event.repeat && !shortcut.keys.startsWith("Arrow")) return false;
  if (shortcut.modified) return true;
  if (event.target instanceof Element && event.target.closest(TYPED)) return false;
  return singleKeys.peek() || shortcut.keys.length > 1;
}

/** All that is offered now, in the order in which it was offered. */
export const offered = signal<readonly ShortcutGroup[]>([]);

let first: { key: string; at: number } | null = null;

function onKey(event: KeyboardEvent): void {
  if (event.key === "Shift") return;
  const inDialog = document.querySelector("dialog[open]") !== null;
  const groups = offered.peek().filter((group) => (group.dialog ?? false) === inDialog);
  const press = { key: event.key, modified: event.ctrlKey || event.metaKey };
  const before = first && event.timeStamp - first.at < SEQUENCE_MS ? first.key : null;
  first = null;
  const shortcut = match(groups, before, press) ?? match(groups, null, press);
  if (shortcut && allowed(event, shortcut)) {
    event.preventDefault();
    shortcut.act();
  } else if (begins(press)) {
    first = { key: press.key.toLowerCase(), at: event.timeStamp };
  }
}

export function listenForKeys(): () => void {
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/** Offers a view's shortcuts for as long as it is shown. Keys that mean nothing just now are left out by the caller. */
export function useShortcuts(name: string, shortcuts: Shortcut[], dialog = false): void {
  const group = useRef<ShortcutGroup>({ name, shortcuts, dialog });
  // What the keys do is always the latest; that the group is there is told once.
  group.current.name = name;
  group.current.shortcuts = shortcuts;
  // Before the view is painted: keys may come faster.
  useLayoutEffect(() => {
    const own = group.current;
    offered.value = [...offered.peek(), own];
    return () => void (offered.value = offered.peek().filter((other) => other !== own));
  }, []);
  // The overlay may stand open while keys come and go, or the language changes.
  const words = [name, ...shortcuts.map((shortcut) => `${shortcut.keys} ${shortcut.name}`)].join("\n");
  useEffect(() => void (offered.value = [...offered.peek()]), [words]);
}
