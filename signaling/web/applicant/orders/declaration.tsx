/** The declaration of nationality: its text, and a signature drawn under it (D-9). */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { Icon } from "../../client/ui/icons";
import { whenOf } from "../../client/ui/order_words";
import { Signature } from "../../client/ui/signature";
import type { PartProps } from "./part";
import { encode, type Stroke } from "./signature";
import { SignaturePad } from "./signature_pad";

export function Declaration({ session, order, flush }: PartProps): JSX.Element {
  const m = messages.value;
  const anew = useSignal(false);
  const { declaration } = order;
  return (
    <>
      <DeclarationText />
      {declaration && !anew.value && (
        <div class="stack">
          <Signature signature={declaration.signature} name={declaration.name} />
          <p class="muted small">{m.review.signedBy({ name: declaration.name, when: whenOf(order, declaration.signed_at) })}</p>
          {order.can.edit && <p class="muted small">{m.orders.declarationGone}</p>}
          {order.can.edit && (
            <div>
              <Button id="sign-again" onClick={() => (anew.value = true)}>
                {m.orders.signAgain}
              </Button>
            </div>
          )}
        </div>
      )}
      {order.can.edit && (!declaration || anew.value) && <Sign session={session} order={order} flush={flush} done={() => (anew.value = false)} />}
      {!order.can.edit && !declaration && <p class="muted">{m.review.declarationNone}</p>}
    </>
  );
}

function DeclarationText(): JSX.Element {
  const [lead, ...points] = messages.value.orders.declarationText;
  return (
    <div class="declaration" {...testId("declaration-text")}>
      <p>{lead}</p>
      <ol>
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ol>
    </div>
  );
}

function Sign({ session, order, flush, done }: PartProps & { done: () => void }): JSX.Element {
  const m = messages.value.orders;
  const strokes = useSignal<readonly Stroke[]>([]);
  const { relation, guardian_needed, name: applicant } = order.applicant;
  // Who signs for somebody else writes their own name.
  const name = useSignal(relation === "self" && !guardian_needed ? (applicant ?? "") : "");
  const tried = useSignal(false);
  const unnamed = name.value.trim() === "";
  const hint = unnamed ? m.signNameFirst : encode(strokes.value) === null ? m.signTooLittle : null;
  const sign = async (): Promise<void> => {
    const signature = encode(strokes.peek());
    tried.value = true;
    if (unnamed || signature === null) return;
    await flush();
    if (await session.act("declare", { name: name.peek().trim(), signature })) done();
  };
  return (
    <div class="stack">
      <SignaturePad strokes={strokes} />
      <div class="field">
        <label for="sign-name">{m.signName}</label>
        <input
          id="sign-name"
          maxLength={100}
          autoComplete="name"
          value={name}
          aria-describedby="sign-name-hint"
          onInput={(event) => (name.value = event.currentTarget.value)}
          {...testId("sign-name")}
        />
        <p id="sign-name-hint" class="muted small">
          {m.signNameHint}
        </p>
      </div>
      {tried.value && hint !== null && (
        <p class="field-hint" role="alert">
          <Icon name="warn" />
          {hint}
        </p>
      )}
      <div class="actions">
        <Button id="sign" look="primary" busy={session.busy.value === "declare"} onClick={() => void sign()}>
          {m.sign}
        </Button>
      </div>
    </div>
  );
}
