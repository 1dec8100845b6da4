/** A signature as it was drawn: strokes on a field of 1000 × 400. */
import type { JSX } from "preact";
import { messages } from "../i18n";
import { strokesOf } from "../strokes";
import { testId } from "../testids";

export function Signature({ signature, name }: { signature: string; name: string }): JSX.Element {
  return (
    <svg class="signature" viewBox="0 0 1000 400" role="img" aria-label={messages.value.review.signature({ name })} {...testId("signature")}>
      {strokesOf(signature).map((points, index) => (
        <polyline key={index} points={points} />
      ))}
    </svg>
  );
}
