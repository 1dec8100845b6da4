/** The "?" overlay: every key that means something now. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Dialog } from "../client/ui/basics";
import { Icon } from "../client/ui/icons";
import { offered, singleKeys, switchSingleKeys, useShortcuts, type Shortcut, type ShortcutGroup } from "./keys";
import { go, sectionPath, SECTIONS, type Section } from "./route";
import type { OfficerSession } from "./session";

const SECTION_KEYS: Record<Section, string> = { queue: "g q", calendar: "g c", interviews: "g i", checks: "g f" };

export const sectionsOf = (session: OfficerSession): Section[] =>
  SECTIONS.filter((section) => section !== "queue" || session.book.value);

/** The keys that work in every section, and the button that explains them all. */
export function Keyboard({ session }: { session: OfficerSession }): JSX.Element {
  const m = messages.value.desk;
  const open = useSignal(false);
  useShortcuts(m.keys.everywhere, [
    { keys: "?", name: m.keys.help, act: () => void (open.value = !open.peek()) },
    ...sectionsOf(session).map((section) => ({
      keys: SECTION_KEYS[section],
      name: m.sections[section],
      act: () => go(sectionPath(section)),
    })),
  ]);
  return (
    <>
      <button
        type="button"
        class="quiet help-button"
        aria-label={m.keys.button}
        title={`${m.keys.button} (?)`}
        onClick={() => (open.value = true)}
        {...testId("help")}
      >
        <Icon name="keyboard" />
      </button>
      {open.value && <HelpDialog onClose={() => (open.value = false)} />}
    </>
  );
}

/** Keys with the same meaning stand in one line. */
function linesOf(shortcuts: readonly Shortcut[]): { name: string; keys: string[] }[] {
  const lines = new Map<string, string[]>();
  for (const { name, keys, modified } of shortcuts) {
    lines.set(name, [...(lines.get(name) ?? []), modified ? `Ctrl ${keys}` : keys]);
  }
  return [...lines].map(([name, keys]) => ({ name, keys }));
}

function HelpDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const m = messages.value.desk.keys;
  return (
    <Dialog title={m.title} id="help-dialog" wide onClose={onClose}>
      <div class="help">
        {offered.value.map((group, index) => (
          <HelpGroup key={index} group={group} />
        ))}
      </div>
      <div class="help-foot">
        <label class="switch">
          <input
            type="checkbox"
            checked={singleKeys.value}
            aria-describedby="single-keys-hint"
            onChange={(event) => switchSingleKeys(event.currentTarget.checked)}
            {...testId("single-keys")}
          />
          {m.single}
        </label>
        <p id="single-keys-hint" class="muted">
          {m.singleHint}
        </p>
      </div>
    </Dialog>
  );
}

function HelpGroup({ group }: { group: ShortcutGroup }): JSX.Element | null {
  const lines = linesOf(group.shortcuts);
  if (lines.length === 0) return null;
  return (
    <section>
      <h3>{group.name}</h3>
      <dl>
        {lines.map(({ name, keys }) => (
          <div key={name} {...testId("help-line")}>
            <dt>
              {keys.map((key) => (
                <Keys key={key} keys={key} />
              ))}
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const SIGNS: Readonly<Record<string, string>> = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", PageDown: "PgDn", PageUp: "PgUp" };

function Keys({ keys }: { keys: string }): JSX.Element {
  const m = messages.value.desk.keys;
  const [first = "", second] = keys.split(" ");
  const sign = (key: string): string => SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return (
    <span class="keys">
      <kbd>{sign(first)}</kbd>
      {second !== undefined && (
        <>
          {first === "Ctrl" ? <span class="muted">+</span> : <span class="visually-hidden">{m.then}</span>}
          <kbd>{sign(second)}</kbd>
        </>
      )}
    </span>
  );
}
