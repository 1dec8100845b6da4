/** What stands in the place of the sign-in where a foreign order service keeps accounts and orders. */
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Heading } from "../../client/ui/basics";
import { FraudNote, Hotline } from "./notes";

export function ElsewhereView(): JSX.Element {
  const m = messages.value.home;
  const { brand } = messages.value.applicant;
  return (
    <div class="stack sign-in-home" {...testId("elsewhere")}>
      <section class="card stack">
        <Heading title={`${m.elsewhereTitle} · ${brand}`}>{m.elsewhereTitle}</Heading>
        <p>{m.elsewhereText}</p>
        <p>{m.elsewhereLink}</p>
      </section>
      <FraudNote />
      <Hotline />
    </div>
  );
}
