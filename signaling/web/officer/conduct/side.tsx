/** Beside the call, one at a time: the script, what the pictures show, the notes. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { CheckPanel } from "../check_panel";
import { FindingsPanel } from "../findings";
import type { DeskProps } from "../interview";
import { Notes } from "../notes";
import { SamePersonPanel } from "../same_person";
import { openItems } from "./decide";
import { SIDE_TABS, type SideTab } from "./conduct";
import { ScriptPanel } from "./script_panel";

/** Wide enough for a column of the script's own. */
const ROOMY = "(min-width: 100rem)";

export function useRoomy(): boolean {
  const roomy = useSignal(matchMedia(ROOMY).matches);
  useEffect(() => {
    const query = matchMedia(ROOMY);
    const follow = (): void => void (roomy.value = query.matches);
    query.addEventListener("change", follow);
    follow();
    return () => query.removeEventListener("change", follow);
  }, []);
  return roomy.value;
}

export function Side({ desk, roomy }: DeskProps & { roomy: boolean }): JSX.Element {
  const tabs = SIDE_TABS.filter((tab) => tab !== "script" || !roomy);
  const { tab } = desk.conduct;
  const here = tabs.includes(tab.value) ? tab.value : "findings";
  return (
    <div class="side">
      <SideTabs desk={desk} tabs={tabs} here={here} />
      <div id="side-panel" class="side-panel" role="tabpanel" aria-labelledby={`side-${here}`}>
        {here === "script" && <ScriptPanel desk={desk} />}
        {here === "findings" && (
          <>
            <FindingsPanel desk={desk} />
            {desk.interview.value?.state === "in_call" && <SamePersonPanel desk={desk} />}
            <CheckPanel desk={desk} />
          </>
        )}
        {here === "notes" && <Notes desk={desk} />}
      </div>
    </div>
  );
}

function SideTabs({ desk, tabs, here }: DeskProps & { tabs: readonly SideTab[]; here: SideTab }): JSX.Element {
  const m = messages.value.desk;
  const { tab } = desk.conduct;
  const counts: Record<SideTab, number> = {
    script: openItems(desk.conduct.script.value).length,
    findings: desk.captures.value.filter((capture) => capture.analysis !== "none").length,
    notes: desk.notes.value.length,
  };
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = step === 0 ? undefined : tabs[(tabs.indexOf(here) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    tab.value = next;
    document.getElementById(`side-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={m.tabsName} onKeyDown={move}>
      {tabs.map((one) => (
        <button
          key={one}
          id={`side-${one}`}
          type="button"
          role="tab"
          aria-selected={one === here}
          aria-controls="side-panel"
          tabIndex={one === here ? 0 : -1}
          onClick={() => (tab.value = one)}
          {...testId(`side-${one}`)}
        >
          {m.tabs[one]}
          {counts[one] > 0 && <span class="count">{counts[one]}</span>}
        </button>
      ))}
    </div>
  );
}
