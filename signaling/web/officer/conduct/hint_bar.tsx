/** One click tells a party what to do, in that party's language. */
import type { JSX } from "preact";
import type { Party } from "../../client/api";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Icon } from "../../client/ui/icons";
import type { DeskProps } from "../interview";
import { possibleHints, troubles, urgentHints } from "./hints";

/** For the party that is seen large. */
export function HintBar({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value.desk;
  const party = desk.large.value;
  const own = party?.id === desk.interview.value?.you.party_id;
  if (!desk.conduct.able.value || !party || own || !party.present) return null;
  const sent = desk.room.sends.value.get(party.id);
  const urgent = urgentHints(sent);
  const told = desk.conduct.told.value;
  return (
    <div class="hint-bar" role="group" aria-label={m.hint.title({ name: party.name })} {...testId("hints")}>
      <span class="hint-title">
        <Icon name="speech" />
        {m.hint.title({ name: party.name })}
      </span>
      <div class="hint-list">
        {possibleHints(sent).map((hint) => (
          <button
            key={hint}
            type="button"
            class="hint-button"
            data-urgent={urgent.includes(hint)}
            data-told={told?.partyId === party.id && told.hint === hint}
            onClick={() => void desk.conduct.hint(party, hint)}
            {...testId(`hint-${hint}`)}
          >
            {told?.partyId === party.id && told.hint === hint && <Icon name="check" />}
            {m.hints[hint]}
          </button>
        ))}
      </div>
      <span class="visually-hidden" role="status" {...testId("told")}>
        {told ? m.hint.sent({ text: m.hints[told.hint] }) : ""}
      </span>
    </div>
  );
}

/** What is wrong at a party's, in words, and the click that tells them. */
export function Troubles({ desk, party }: DeskProps & { party: Party }): JSX.Element | null {
  const m = messages.value.desk;
  const sent = desk.room.sends.value.get(party.id);
  const found = troubles(party.media, sent, desk.room.quality.value.get(party.id));
  if (found.length === 0) return null;
  const [hint] = desk.conduct.able.value && party.present ? urgentHints(sent) : [];
  return (
    <p class="troubles" {...testId("troubles")} data-troubles={found.join(" ")}>
      <Icon name="warn" />
      <span>{found.map((trouble) => m.troubles[trouble]).join(", ")}</span>
      {hint && (
        <button type="button" class="link" onClick={() => void desk.conduct.hint(party, hint)} {...testId("tell")}>
          {m.hint.tell}
        </button>
      )}
    </p>
  );
}
