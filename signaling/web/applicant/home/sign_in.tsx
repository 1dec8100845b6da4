/** Signing in, which is registering too (D-1): a contact, then the code that was sent there. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { CodeSent } from "../../client/api_account";
import { serverNowMs, ticking } from "../../client/clock";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button, Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { Field } from "./field";
import { codeDigits, isContact } from "./forms";
import { FraudNote, Hotline } from "./notes";
import type { HomeProps } from "./view";

const RESEND_MS = 60_000;

interface Sent extends CodeSent {
  at: number;
}

export function SignInView({ home }: HomeProps): JSX.Element {
  const m = messages.value.home;
  const contact = useSignal("");
  const sent = useSignal<Sent | null>(null);
  const request = async (): Promise<void> => {
    const reply = await home.request(contact.peek().trim());
    if (reply) sent.value = { ...reply, at: serverNowMs() };
  };
  return (
    <div class="stack sign-in-home" {...testId("home-sign-in")} data-step={sent.value ? "code" : "contact"}>
      {sent.value ? (
        <CodeForm home={home} contact={contact.value.trim()} sent={sent.value} request={request} back={() => (sent.value = null)} />
      ) : (
        <ContactForm home={home} contact={contact} request={request} />
      )}
      <p class="small-print">
        <Icon name="lock" />
        {sent.value ? m.keepSecret : m.noPassword}
      </p>
      <FraudNote />
      <Hotline />
    </div>
  );
}

function ContactForm({ home, contact, request }: HomeProps & { contact: Signal<string>; request: () => Promise<void> }): JSX.Element {
  const m = messages.value.home;
  const busy = useSignal(false);
  const wrong = useSignal(false);
  const problem = home.problem.value;
  const submit = (event: Event): void => {
    event.preventDefault();
    wrong.value = !isContact(contact.peek());
    if (wrong.peek()) return;
    busy.value = true;
    void request().finally(() => (busy.value = false));
  };
  return (
    <form class="card stack" onSubmit={submit} noValidate>
      <div class="stack tight">
        <Heading title={`${m.signInTitle} · ${m.brand}`}>{m.signInTitle}</Heading>
        <p class="muted">{m.signInText}</p>
      </div>
      <Field
        id="contact"
        label={m.contact}
        hint={m.contactHint}
        error={wrong.value || problem?.code === "invalid_params" ? m.contactWrong : null}
        value={contact}
        autocomplete="username"
        inputMode="email"
      />
      {problem && problem.code !== "invalid_params" && <ProblemNote problem={problem} />}
      <button type="submit" class="button primary" disabled={busy.value} aria-busy={busy.value} {...testId("send-code")}>
        {m.sendCode}
      </button>
    </form>
  );
}

interface CodeProps extends HomeProps {
  contact: string;
  sent: Sent;
  request: () => Promise<void>;
  back: () => void;
}

function CodeForm({ home, contact, sent, request, back }: CodeProps): JSX.Element {
  const m = messages.value.home;
  const code = useSignal("");
  const busy = useSignal(false);
  const short = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const problem = home.problem.value;
  const wrong = problem?.code === "bad_credentials" || problem?.code === "invalid_params";
  const seconds = Math.ceil((sent.at + RESEND_MS - ticking.value) / 1000);
  useEffect(() => form.current?.querySelector("input")?.focus(), [sent]);
  const submit = (event?: Event): void => {
    event?.preventDefault();
    short.value = code.peek().length < 6;
    if (short.peek() || busy.peek()) return;
    busy.value = true;
    void home.confirm(contact, code.peek()).finally(() => (busy.value = false));
  };
  const typed = (text: string): string => {
    const digits = codeDigits(text);
    // A phone fills the whole code in by itself: nothing is left to press then.
    if (digits.length === 6 && code.peek().length < 5) queueMicrotask(submit);
    return digits;
  };
  return (
    <form class="card stack" onSubmit={submit} noValidate ref={form}>
      <div class="stack tight">
        <Heading title={`${m.codeTitle} · ${m.brand}`}>{m.codeTitle}</Heading>
        <p class="muted" role="status">
          {m.codeSentTo({ name: sent.sent_to })}
        </p>
      </div>
      {sent.demo_code !== null && (
        <p class="note warn">
          <span>{m.demoCode}</span> <strong class="mono demo-code" {...testId("demo-code")}>{sent.demo_code}</strong>
        </p>
      )}
      <Field
        id="code"
        label={m.code}
        error={short.value ? m.codeDigits : wrong ? m.codeWrong : null}
        value={code}
        read={typed}
        autocomplete="one-time-code"
        inputMode="numeric"
        large
      />
      {problem && !wrong && <ProblemNote problem={problem} />}
      <button type="submit" class="button primary" disabled={busy.value} aria-busy={busy.value} {...testId("confirm-code")}>
        {m.signIn}
      </button>
      <div class="row-actions">
        <Button id="send-again" disabled={seconds > 0} onClick={() => void request()}>
          {seconds > 0 ? m.sendAgainIn({ seconds }) : m.sendAgain}
        </Button>
        <Button id="other-contact" onClick={back}>
          {m.otherContact}
        </Button>
      </div>
    </form>
  );
}
