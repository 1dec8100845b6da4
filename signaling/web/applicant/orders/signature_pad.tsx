/** A field to sign in: by finger, pen or mouse, or by a pen that the arrow keys move. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { messages } from "../../client/i18n";
import { testId } from "../../client/testids";
import { Button } from "../../client/ui/basics";
import { extended, FIELD, moved, pointAt, type Pen, type Point, type Stroke } from "./signature";

/** What a pen this size draws is seen: in the field's own units. */
const PEN_START: Pen = { at: pointAt(120, 220), down: false };

const polyline = (stroke: Stroke): string => (stroke.length === 1 ? [...stroke, ...stroke] : stroke).map(({ x, y }) => `${x},${y}`).join(" ");

export function SignaturePad({ strokes }: { strokes: Signal<readonly Stroke[]> }): JSX.Element {
  const m = messages.value.orders;
  const field = useRef<SVGSVGElement>(null);
  const drawing = useRef<number | null>(null);
  const pen = useSignal<Pen | null>(null);

  const at = (event: PointerEvent): Point => {
    const box = field.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return pointAt(((event.clientX - box.left) / box.width) * FIELD.width, ((event.clientY - box.top) / box.height) * FIELD.height);
  };
  const add = (point: Point, step?: number): void => {
    const before = strokes.peek();
    const last = before[before.length - 1];
    if (last) strokes.value = [...before.slice(0, -1), extended(last, point, step)];
  };
  const begin = (event: PointerEvent): void => {
    if (drawing.current !== null || event.button !== 0) return;
    drawing.current = event.pointerId;
    field.current?.setPointerCapture(event.pointerId);
    pen.value = null;
    strokes.value = [...strokes.peek(), [at(event)]];
  };
  const go = (event: PointerEvent): void => {
    if (event.pointerId !== drawing.current) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length > 0 ? all : [event]) add(at(each));
  };
  const end = (event: PointerEvent): void => {
    if (event.pointerId === drawing.current) drawing.current = null;
  };
  const press = (event: KeyboardEvent): void => {
    const before = pen.peek() ?? PEN_START;
    const after = moved(before, event.key, event.shiftKey);
    if (!after || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    pen.value = after;
    if (after.down && !before.down) strokes.value = [...strokes.peek(), [after.at]];
    else if (after.down) add(after.at, 1);
  };
  const undo = (): void => {
    strokes.value = strokes.peek().slice(0, -1);
    if (pen.peek()) pen.value = { ...(pen.peek() ?? PEN_START), down: false };
  };

  return (
    <div class="pad">
      <svg
        ref={field}
        class="signature pad-field"
        viewBox={`0 0 ${FIELD.width} ${FIELD.height}`}
        tabindex={0}
        role="application"
        aria-label={m.signField}
        aria-describedby="pad-how pad-keys"
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={press}
        {...testId("signature-pad")}
        data-strokes={strokes.value.length}
      >
        <line class="pad-line" x1="60" x2="940" y1="310" y2="310" />
        {strokes.value.map((stroke, index) => (
          <polyline key={index} points={polyline(stroke)} />
        ))}
        {pen.value && <circle class={pen.value.down ? "pad-pen down" : "pad-pen"} cx={pen.value.at.x} cy={pen.value.at.y} r="14" />}
      </svg>
      <p class="visually-hidden" role="status">
        {pen.value && (pen.value.down ? m.penDown : m.penUp)}
      </p>
      <div class="pad-foot">
        <Button id="signature-undo" icon="turn" disabled={strokes.value.length === 0} onClick={undo}>
          {m.undoStroke}
        </Button>
        <Button id="signature-clear" icon="cross" disabled={strokes.value.length === 0} onClick={() => (strokes.value = [])}>
          {m.clearSignature}
        </Button>
      </div>
      <p id="pad-how">{m.declareHow}</p>
      <p id="pad-keys" class="muted small">
        {m.declareKeys}
      </p>
    </div>
  );
}
