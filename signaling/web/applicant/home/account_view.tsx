/** The account: who it belongs to, verified once (D-2), and how its holder wants to be addressed. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Account } from "../../client/api_account";
import { chooseLanguage, language, LANGUAGES, messages, type Language } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button, Heading, ProblemNote } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { FraudNote, Hotline } from "./notes";
import { VerifyForm } from "./verify_form";
import type { HomeProps } from "./view";

export function AccountView({ home }: HomeProps): JSX.Element | null {
  const m = messages.value.home;
  const account = home.account.value;
  if (!account) return null;
  return (
    <div class="stack" {...testId("account")} data-verified={account.verified}>
      <Heading title={`${m.account} · ${m.brand}`}>{m.account}</Heading>
      <section class="card account-who">
        <span class="empty-sign">
          <Icon name="person" />
        </span>
        <div>
          {account.name !== null && <p class="strong account-name">{account.name}</p>}
          <p class="muted">
            {m.signedInAs} <span class="mono">{account.contact}</span>
          </p>
          {account.verified && <Verified account={account} />}
        </div>
      </section>
      {!account.verified && <VerifyForm home={home} />}
      <Wishes home={home} account={account} />
      <FraudNote />
      <Hotline />
      <div class="actions">
        <Button id="home-sign-out" onClick={() => void home.signOut()}>
          {m.signOut}
        </Button>
      </div>
    </div>
  );
}

function Verified({ account }: { account: Account }): JSX.Element {
  const m = messages.value.home;
  return (
    <p class="account-verified">
      <span class="chip good" {...testId("verified")}>
        <Icon name="check" />
        {m.verifiedTitle}
      </span>
      {account.id_kind && <span class="muted">{m.verifiedBy[account.id_kind]}</span>}
    </p>
  );
}

function Wishes({ home, account }: HomeProps & { account: Account }): JSX.Element {
  const m = messages.value.home;
  const busy = useSignal(false);
  const byMail = account.contact_kind === "email";
  const set = (mail: boolean): void => {
    busy.value = true;
    void home.set({ mail_messages: mail }).finally(() => (busy.value = false));
  };
  return (
    <section class="card stack">
      <h2>{m.preferences}</h2>
      <div class="field">
        <label for="account-language">{m.pageLanguage}</label>
        <select
          id="account-language"
          value={language.value}
          onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
          {...testId("account-language")}
        >
          {(Object.keys(LANGUAGES) as Language[]).map((key) => (
            <option key={key} value={key} lang={key} selected={key === language.value}>
              {LANGUAGES[key].name}
            </option>
          ))}
        </select>
      </div>
      <label class="switch">
        <input
          type="checkbox"
          checked={byMail && account.mail_messages}
          disabled={!byMail || busy.value}
          onChange={(event) => set(event.currentTarget.checked)}
          {...testId("mail-messages")}
        />
        <span>
          <span class="strong">{m.mailMessages}</span>
          <span class="hint">{byMail ? m.mailMessagesHint : m.mailNeedsEmail}</span>
        </span>
      </label>
      {account.verified && home.problem.value && <ProblemNote problem={home.problem.value} />}
    </section>
  );
}
