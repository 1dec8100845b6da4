/** The ways between the sections of the working day, each with what waits there. */
import type { JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Icon, type IconName } from "../client/ui/icons";
import { sectionsOf } from "./help";
import { sectionPath, type Section } from "./route";
import type { OfficerSession } from "./session";

const ICONS: Record<Section, IconName> = { queue: "queue", calendar: "calendar", interviews: "camera", checks: "face" };

/** What asks for an officer now. */
function waitingIn(session: OfficerSession, section: Section): number {
  if (section === "queue") return session.queue.data.value?.waiting.length ?? 0;
  if (section === "checks") return session.checks.list.value?.length ?? 0;
  if (section !== "interviews") return 0;
  return session.interviews.value?.filter(({ state }) => state === "waiting").length ?? 0;
}

export function Sections({ session }: { session: OfficerSession }): JSX.Element {
  const m = messages.value.desk;
  const open = session.desk.value !== null || session.orderDesk.value !== null;
  return (
    <nav class="sections" aria-label={m.sectionsName}>
      {sectionsOf(session).map((section) => {
        const here = session.section.value === section;
        const waiting = waitingIn(session, section);
        return (
          <a
            key={section}
            href={sectionPath(section)}
            aria-current={here ? (open ? "true" : "page") : undefined}
            {...testId(`nav-${section}`)}
          >
            <Icon name={ICONS[section]} />
            <span class="section-name">{m.sections[section]}</span>
            {waiting > 0 && (
              <span class="count" {...testId(`count-${section}`)}>
                {waiting > 99 ? "99+" : waiting}
              </span>
            )}
          </a>
        );
      })}
    </nav>
  );
}
