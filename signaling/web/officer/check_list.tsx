/** The face checks that ask for an interview, and making a new one. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { DocumentKind, NewCheck } from "../client/api";
import type { FaceCheck } from "../client/api_facecheck";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Button, Dialog, Heading } from "../client/ui/basics";
import type { PageProps } from "./app";
import { CheckChip, CheckDialog, whenHere } from "./check_view";
import type { MadeLink } from "./checks";

export function ChecksView({ session }: PageProps): JSX.Element {
  const m = messages.value.facecheck.officer;
  const { checks } = session;
  const making = useSignal(false);
  const list = checks.list.value;
  const opened = checks.opened.value;
  return (
    <main class="day-page" {...testId("face-checks")}>
      <div class="day-head">
        <div>
          <Heading title={`${m.listTitle} · ${messages.value.officer.title}`}>{m.listTitle}</Heading>
          <p class="muted">{m.listText}</p>
        </div>
        <Button id="new-check" onClick={() => (making.value = true)}>
          {m.create}
        </Button>
      </div>
      {list && list.length === 0 && <p class="card nothing-small">{m.listNone}</p>}
      {list && list.length > 0 && (
        <ul class="card check-rows">
          {list.map((check) => (
            <Row key={check.id} check={check} onOpen={() => (checks.opened.value = check)} />
          ))}
        </ul>
      )}
      {making.value && <NewCheckDialog session={session} onClose={() => (making.value = false)} />}
      {opened && <CheckDialog session={session} check={opened} pictures={checks.pictures} onClose={() => (checks.opened.value = null)} />}
    </main>
  );
}

function Row({ check, onOpen }: { check: FaceCheck; onOpen: () => void }): JSX.Element {
  const m = messages.value;
  const words = m.facecheck.officer;
  return (
    <li {...testId("check-row")} data-check={check.id} data-state={check.state} data-reason={check.skip_reason ?? undefined}>
      <span>
        <span class="strong">{check.order_ref}</span>
        <span class="muted role">{m.documents[check.document]}</span>
      </span>
      <span>
        <CheckChip check={check} />
        <span class="muted role">{check.skip_reason ? m.facecheck.skips[check.skip_reason] : ""}</span>
      </span>
      <span class="muted">{whenHere(check.decided_at ?? check.created_at)}</span>
      <Button id="open-check" onClick={onOpen}>
        {words.open}
        <span class="visually-hidden"> {check.order_ref}</span>
      </Button>
    </li>
  );
}

const TEXT_FIELDS = ["name", "document_number"] as const;
const DATE_FIELDS = ["birth_date", "expiry_date"] as const;

function NewCheckDialog({ session, onClose }: PageProps & { onClose: () => void }): JSX.Element {
  const m = messages.value.facecheck.officer;
  const made = useSignal<MadeLink | null>(null);
  if (made.value) return <LinkDialog made={made.value} onClose={onClose} />;
  return (
    <Dialog title={m.createTitle} id="new-check-dialog" onClose={onClose}>
      <NewCheckForm session={session} onMade={(link) => (made.value = link)} />
    </Dialog>
  );
}

function NewCheckForm({ session, onMade }: PageProps & { onMade: (link: MadeLink) => void }): JSX.Element {
  const m = messages.value;
  const words = m.facecheck;
  const busy = useSignal(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    busy.value = true;
    void session.checks
      .create(wantedOf(new FormData(event.currentTarget as HTMLFormElement)))
      .then((link) => link && onMade(link))
      .finally(() => (busy.value = false));
  };
  return (
    <form class="dialog-body" onSubmit={submit}>
      <p>{words.officer.createText}</p>
      <div class="field">
        <label for="check-order">{words.officer.orderRef}</label>
        <input id="check-order" name="order_ref" required maxLength={64} autocomplete="off" {...testId("check-order_ref")} />
      </div>
      <div class="field">
        <label for="check-document">{words.officer.document}</label>
        <select id="check-document" name="document" {...testId("check-document")}>
          {(["passport", "travel_document"] as const).map((kind: DocumentKind) => (
            <option key={kind} value={kind}>
              {m.documents[kind]}
            </option>
          ))}
        </select>
      </div>
      {TEXT_FIELDS.map((field) => (
        <Optional key={field} field={field} type="text" />
      ))}
      <div class="two-fields">
        {DATE_FIELDS.map((field) => (
          <Optional key={field} field={field} type="date" />
        ))}
      </div>
      <div class="field">
        <label for="check-sex">{words.identity.sex}</label>
        <select id="check-sex" name="sex" {...testId("check-sex")}>
          {(["", "F", "M", "X"] as const).map((sex) => (
            <option key={sex} value={sex}>
              {words.officer.sexes[sex]}
            </option>
          ))}
        </select>
      </div>
      <div class="dialog-foot">
        <button type="submit" class="button primary" disabled={busy.value} {...testId("make-link")}>
          {words.officer.createDo}
        </button>
      </div>
    </form>
  );
}

function Optional(props: { field: (typeof TEXT_FIELDS | typeof DATE_FIELDS)[number]; type: "text" | "date" }): JSX.Element {
  const { field, type } = props;
  const words = messages.value.facecheck;
  const id = `check-${field}`;
  const hint = field === "name" ? "check-name-hint" : undefined;
  const same = { id, name: field, autocomplete: "off", ...testId(id) };
  return (
    <div class="field">
      <label for={id}>
        {words.identity[field]} <span class="muted">({words.officer.optional})</span>
      </label>
      {type === "date" ? <input type="date" {...same} /> : <input type="text" maxLength={200} aria-describedby={hint} {...same} />}
      {hint && (
        <span id={hint} class="muted">
          {words.officer.nameHint}
        </span>
      )}
    </div>
  );
}

/** What was filled in. */
export function wantedOf(form: FormData): NewCheck {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const wanted: NewCheck = {
    order_ref: text("order_ref"),
    document: text("document") === "travel_document" ? "travel_document" : "passport",
  };
  for (const field of [...TEXT_FIELDS, ...DATE_FIELDS, "sex"] as const) {
    if (text(field) !== "") wanted[field] = text(field);
  }
  return wanted;
}

function LinkDialog({ made, onClose }: { made: MadeLink; onClose: () => void }): JSX.Element {
  const m = messages.value;
  const words = m.facecheck.officer;
  const copied = useSignal(false);
  const copy = (): void => {
    navigator.clipboard.writeText(made.link).then(
      () => (copied.value = true),
      () => undefined, // refused: the link stands there to be copied by hand
    );
  };
  return (
    <Dialog title={words.linkTitle} id="link-dialog" onClose={onClose}>
      <div class="dialog-body">
        <p>{words.linkText}</p>
        <div class="field">
          <label for="check-link">{m.facecheck.officer.dialogTitle({ order: made.check.order_ref })}</label>
          <input id="check-link" readOnly value={made.link} onFocus={(event) => event.currentTarget.select()} {...testId("check-link")} />
        </div>
        <p class="muted">{words.linkExpires({ when: whenHere(made.expires_at) })}</p>
        <div class="dialog-foot">
          <span role="status">{copied.value && words.copied}</span>
          <Button id="copy-link" look="primary" onClick={copy}>
            {words.copy}
          </Button>
          <Button onClick={onClose}>{m.close}</Button>
        </div>
      </div>
    </Dialog>
  );
}
