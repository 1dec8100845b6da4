/** Real-name verification, once per account (D-2). */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { IdKind } from "../../client/api_account";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { Field } from "./field";
import { idNumberOf, isIdNumber } from "./forms";
import type { HomeProps } from "./view";

const KINDS: readonly IdKind[] = ["id_card", "passport"];

export function VerifyForm({ home }: HomeProps): JSX.Element {
  const m = messages.value.home;
  const name = useSignal("");
  const kind = useSignal<IdKind>("id_card");
  const number = useSignal("");
  const tried = useSignal(false);
  const busy = useSignal(false);
  const noName = tried.value && name.value.trim() === "";
  const noNumber = tried.value && !isIdNumber(kind.value, number.value);
  const submit = (event: Event): void => {
    event.preventDefault();
    tried.value = true;
    if (busy.peek() || name.peek().trim() === "" || !isIdNumber(kind.peek(), number.peek())) return;
    busy.value = true;
    void home.verify(name.peek().trim(), kind.peek(), idNumberOf(number.peek())).finally(() => (busy.value = false));
  };
  return (
    <form class="card stack" onSubmit={submit} noValidate {...testId("verify-form")}>
      <div class="stack tight">
        <h2>{m.verifyTitle}</h2>
        <p class="muted">{m.verifyText}</p>
      </div>
      <fieldset class="id-kinds">
        <legend>{m.idKind}</legend>
        {KINDS.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="id-kind"
              value={each}
              checked={kind.value === each}
              onChange={() => (kind.value = each)}
              {...testId(`id-kind-${each}`)}
            />
            {m.idKinds[each]}
          </label>
        ))}
      </fieldset>
      <Field id="real-name" label={m.realName} hint={m.realNameHint} error={noName ? m.nameWrong : null} value={name} autocomplete="name" />
      <Field
        id="id-number"
        label={m.idNumber[kind.value]}
        hint={m.idNumberHint[kind.value]}
        error={noNumber ? m.idNumberWrong[kind.value] : null}
        value={number}
        capitals
      />
      <Refused home={home} />
      <button type="submit" class="button primary" disabled={busy.value} aria-busy={busy.value} {...testId("verify")}>
        {m.verify}
      </button>
      <p class="small-print">
        <Icon name="lock" />
        {m.sealed}
      </p>
    </form>
  );
}

/** Somebody else's account has the document: another sentence than an open order would get. */
function Refused({ home }: HomeProps): JSX.Element | null {
  const m = messages.value.home;
  const problem = home.problem.value;
  if (!problem) return null;
  if (problem.code !== "conflict") return <ProblemNote problem={problem} />;
  return (
    <div class="note danger" role="alert" {...testId("problem")} data-code="conflict">
      <Icon name="warn" />
      <div>
        <p class="strong">{m.takenTitle}</p>
        <p>{m.takenText}</p>
      </div>
    </div>
  );
}
