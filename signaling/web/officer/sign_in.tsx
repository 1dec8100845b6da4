import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Heading, ProblemNote } from "../client/ui/basics";
import type { PageProps } from "./app";

export function SignInView({ session }: PageProps): JSX.Element {
  const m = messages.value.officer;
  const login = useSignal("");
  const password = useSignal("");
  const busy = useSignal(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    busy.value = true;
    void session.signIn(login.peek().trim(), password.peek()).finally(() => (busy.value = false));
  };
  return (
    <main class="column sign-in-page">
      <form class="card stack" onSubmit={submit}>
        <div>
          <p class="eyebrow">{m.brand}</p>
          <Heading title={`${m.signInTitle} · ${m.title}`}>{m.signInTitle}</Heading>
        </div>
        <div class="field">
          <label for="login">{m.login}</label>
          <input
            id="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            value={login}
            onInput={(event) => (login.value = event.currentTarget.value)}
            {...testId("login")}
          />
        </div>
        <div class="field">
          <label for="password">{m.password}</label>
          <input
            id="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={(event) => (password.value = event.currentTarget.value)}
            {...testId("password")}
          />
        </div>
        {session.problem.value && <ProblemNote problem={session.problem.value} />}
        <button type="submit" class="button primary" disabled={busy.value} {...testId("sign-in")}>
          {m.signIn}
        </button>
      </form>
    </main>
  );
}
