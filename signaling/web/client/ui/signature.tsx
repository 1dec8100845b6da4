/** A signature as it was drawn: strokes on a field of 1000 × 400. */
import type { JSX } from "preact";
import { messages } from "../i18n";
import { testId } from "../testids";

/** The strokes of a signature, "x,y x,y;x,y …", as the points of SVG polylines; what does not fit is left out. */
export function strokesOf(signature: string): string[] {
  return signature
    .split(";")
    .map((stroke) => stroke.trim())
    .filter((stroke) => /^\d{1,4},\d{1,3}( \d{1,4},\d{1,3})*$/.test(stroke))
    .map((stroke) => (stroke.includes(" ") ? stroke : `${stroke} ${stroke}`)); // a dot is a line without length
}

export function Signature({ signature, name }: { signature: string; name: string }): JSX.Element {
  return (
    <svg class="signature" viewBox="0 0 1000 400" role="img" aria-label={messages.value.review.signature({ name })} {...testId("signature")}>
      {strokesOf(signature).map((points, index) => (
        <polyline key={index} points={points} />
      ))}
    </svg>
  );
}
