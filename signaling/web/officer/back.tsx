import type { JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Icon } from "../client/ui/icons";
import type { OfficerSession } from "./session";

/** To the section that an order or interview was opened from. */
export function BackLink({ session }: { session: OfficerSession }): JSX.Element {
  const name = messages.value.desk.sections[session.section.value];
  return (
    <a class="button back" href={session.backPath} title={`${name} (U)`} aria-label={name} {...testId("back")}>
      <Icon name="back" />
    </a>
  );
}
