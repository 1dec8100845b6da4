/** The dialogs that end an interview. What they do cannot be undone, so each says so and wants a second click. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { OUTCOMES, type Outcome } from "../client/api";
import { colon, messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Icon } from "../client/ui/icons";
import { obstacles, type Obstacle } from "./conduct/decide";
import { Confirm, Reason } from "./confirm";
import type { DeskProps } from "./interview";

interface DialogProps extends DeskProps {
  onClose: () => void;
}

export function EndDialog({ desk, onClose }: DialogProps): JSX.Element {
  const m = messages.value;
  const outcome = useSignal<Outcome | null>(null);
  const reason = useSignal("");
  const required = outcome.value !== null && outcome.value !== "identity_confirmed";
  return (
    <Confirm
      title={m.officer.endTitle}
      text={m.officer.endText}
      confirm={m.officer.confirmEnd}
      id="end"
      able={outcome.value !== null && (!required || reason.value.trim() !== "")}
      act={() => desk.end(outcome.peek() ?? "not_confirmed", reason.peek().trim())}
      onClose={onClose}
    >
      <Opinions desk={desk} />
      <fieldset class="outcomes">
        <legend>{m.officer.outcome}</legend>
        {OUTCOMES.map((one) => (
          <OutcomeChoice key={one} desk={desk} outcome={one} chosen={outcome.value} onChoose={() => (outcome.value = one)} onClose={onClose} />
        ))}
      </fieldset>
      <Reason reason={reason} required={required} />
    </Confirm>
  );
}

/** What a colleague was asked, before it is decided. */
function Opinions({ desk }: DeskProps): JSX.Element | null {
  const m = messages.value.desk;
  const opinion = desk.interview.value?.opinion;
  if (!opinion) return null;
  const { officer, opinion: said, reason } = opinion;
  return (
    <p class={said === "agree" ? "note" : "note warn"} {...testId("opinion-said")}>
      <span>{said === null ? m.decide.opinionOpen({ name: officer.name }) : `${officer.name}${colon.value}${m.colleagues.opinions[said]}. ${reason ?? ""}`}</span>
    </p>
  );
}

interface ChoiceProps extends DialogProps {
  outcome: Outcome;
  chosen: Outcome | null;
  onChoose: () => void;
}

/** An outcome, or why it cannot be chosen yet. */
function OutcomeChoice({ desk, outcome, chosen, onChoose, onClose }: ChoiceProps): JSX.Element {
  const m = messages.value;
  const interview = desk.interview.value;
  const found = interview ? obstacles(interview, desk.conduct.script.value, outcome) : [];
  const able = found.length === 0;
  return (
    <div class="outcome-choice" data-able={able}>
      <label class="outcome">
        <input
          type="radio"
          name="outcome"
          value={outcome}
          disabled={!able}
          autofocus={able}
          checked={chosen === outcome}
          aria-describedby={able ? undefined : `why-not-${outcome}`}
          onChange={onChoose}
          {...testId(`outcome-${outcome}`)}
        />
        <span>
          <span class="strong">{m.outcomes[outcome].name}</span>
          <span class="muted">{m.outcomes[outcome].hint}</span>
        </span>
      </label>
      {!able && (
        <ul class="why-not" id={`why-not-${outcome}`}>
          {found.map((obstacle) => (
            <li key={obstacle.code} {...testId("obstacle")} data-code={obstacle.code}>
              <Icon name="lock" />
              <span>{obstacleText(obstacle)}</span>
              <button
                type="button"
                class="link"
                onClick={() => {
                  onClose();
                  desk.conduct.show(obstacle);
                }}
                {...testId("go-to-obstacle")}
              >
                {m.desk.decide.goTo}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function obstacleText(obstacle: Obstacle): string {
  const m = messages.value.desk;
  return obstacle.code === "guardian_missing" ? m.decide.guardian_missing : m.script.open({ n: obstacle.items.length });
}

export function AbortDialog({ desk, onClose }: DialogProps): JSX.Element {
  const m = messages.value.officer;
  const reason = useSignal("");
  return (
    <Confirm
      title={m.abortTitle}
      text={m.abortText}
      confirm={m.confirmAbort}
      id="abort"
      able={reason.value.trim() !== ""}
      act={() => desk.abort(reason.peek().trim())}
      onClose={onClose}
    >
      <Reason reason={reason} required />
    </Confirm>
  );
}

export function MissedDialog({ desk, onClose }: DialogProps): JSX.Element {
  const m = messages.value.officer;
  const reason = useSignal("");
  return (
    <Confirm
      title={m.missedTitle}
      text={m.missedText}
      confirm={m.confirmMissed}
      id="missed"
      act={() => desk.missed(reason.peek().trim())}
      onClose={onClose}
    >
      <Reason reason={reason} required={false} />
    </Confirm>
  );
}
