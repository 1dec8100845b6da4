/** A picture in a pane: zoomed by wheel, pinch and keys, moved by dragging and arrow keys, turned. Panes that share a
 * view show the same part of their pictures. */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Pictures } from "../client/pictures";
import { messages } from "../client/i18n";
import { testId } from "../client/testids";
import { Icon } from "../client/ui/icons";
import type { PicturePlace } from "./evidence";
import { clamp, pan, pinch, SCALE_MAX, STEP, transform, turn, wheelFactor, WHOLE, zoomAt, type Point, type Size, type View } from "./zoom";

const ARROW_PX = 60;

interface Props {
  view: Signal<View>;
  pictures: Pictures;
  place: PicturePlace | null;
  name: string;
  /** Of a key that moves nothing, as an arrow over the whole picture. */
  onOtherKey?: (key: string) => void;
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: 1, y: 0 },
  ArrowRight: { x: -1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

/** What a key does to a view; null: nothing. */
export function viewByKey(view: View, key: string, pane: Size, picture: Size): View | null {
  const middle = { x: pane.width / 2, y: pane.height / 2 };
  const arrow = ARROWS[key];
  if (arrow) return view.scale > 1 ? pan(view, arrow.x * ARROW_PX, arrow.y * ARROW_PX, pane, picture) : null;
  switch (key) {
    case "+":
    case "=":
      return zoomAt(view, STEP, middle, pane, picture);
    case "-":
    case "−":
    case "_":
      return zoomAt(view, 1 / STEP, middle, pane, picture);
    case "0":
      return { ...WHOLE, turns: view.turns };
    case "r":
    case "R":
      return turn(view, pane, picture);
    default:
      return null;
  }
}

export function ZoomPane({ view, pictures, place, name, onOtherKey }: Props): JSX.Element {
  const pane = useRef<HTMLDivElement>(null);
  const size = useSignal<Size>({ width: 0, height: 0 });
  const picture = useSignal<Size>({ width: 0, height: 0 });
  const url = useUrl(pictures, place);
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => void (size.value = { width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useGestures(pane, view, size, picture);
  const shown = clamp(view.value, size.value, picture.value);
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = viewByKey(shown, event.key, size.peek(), picture.peek());
    if (next) {
      event.preventDefault();
      event.stopPropagation();
      view.value = next;
    } else onOtherKey?.(event.key);
  };
  return (
    <div
      ref={pane}
      class="zoom-pane"
      role="group"
      aria-roledescription={messages.value.desk.viewer.title}
      aria-label={name}
      tabIndex={0}
      onKeyDown={press}
      {...testId("zoom-pane")}
      data-scale={shown.scale.toFixed(2)}
      data-at={`${shown.x.toFixed(3)} ${shown.y.toFixed(3)}`}
      data-turns={shown.turns}
    >
      {url ? (
        <img
          src={url}
          alt={name}
          draggable={false}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
            picture.value = { width: naturalWidth, height: naturalHeight };
          }}
          style={{ transform: transform(shown, size.value, picture.value) }}
        />
      ) : (
        <span class="zoom-none">{place ? "…" : messages.value.desk.compare.none}</span>
      )}
    </div>
  );
}

function useUrl(pictures: Pictures, place: PicturePlace | null): string | null {
  const url = useSignal<string | null>(null);
  useEffect(() => {
    let current = true;
    url.value = null;
    if (place) {
      pictures.get(place.path, place.version).then(
        (loaded) => void (current && (url.value = loaded.url)),
        () => undefined, // the pane says that there is none
      );
    }
    return () => void (current = false);
  }, [pictures, place?.path, place?.version]);
  return url.value;
}

type Pane = { current: HTMLDivElement | null };

/** Wheel, dragging and two fingers. */
function useGestures(pane: Pane, view: Signal<View>, size: Signal<Size>, picture: Signal<Size>): void {
  useEffect(() => {
    const element = pane.current;
    if (!element) return undefined;
    const fingers = new Map<number, Point>();
    const at = (event: MouseEvent): Point => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const change = (to: (from: View) => View): void => {
      view.value = to(clamp(view.peek(), size.peek(), picture.peek()));
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      change((from) => zoomAt(from, wheelFactor(event), at(event), size.peek(), picture.peek()));
    };
    const down = (event: PointerEvent): void => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, at(event));
    };
    const move = (event: PointerEvent): void => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const after = at(event);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, after);
      change((from) =>
        other
          ? pinch(from, [before, other], [after, other], size.peek(), picture.peek())
          : pan(from, after.x - before.x, after.y - before.y, size.peek(), picture.peek()),
      );
    };
    const up = (event: PointerEvent): void => void fingers.delete(event.pointerId);
    const twice = (event: MouseEvent): void =>
      change((from) => (from.scale > 1 ? { ...WHOLE, turns: from.turns } : zoomAt(from, 3, at(event), size.peek(), picture.peek())));
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
    element.addEventListener("dblclick", twice);
    return () => {
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointercancel", up);
      element.removeEventListener("dblclick", twice);
    };
  }, []);
}

/** The same by buttons, for whoever has neither wheel nor keys at hand. */
export function ZoomButtons({ view }: { view: Signal<View> }): JSX.Element {
  const m = messages.value.desk.viewer;
  const { scale, turns } = view.value;
  return (
    <div class="zoom-buttons" role="toolbar" aria-label={m.title}>
      <ZoomButton id="zoom-out" icon="minus" name={m.zoomOut} disabled={scale <= 1} onClick={() => void (view.value = { ...view.peek(), scale: Math.max(1, scale / STEP) })} />
      <span class="zoom-scale" aria-live="polite">
        {m.scale({ n: Math.round(scale * 100) })}
      </span>
      <ZoomButton id="zoom-in" icon="plus" name={m.zoomIn} onClick={() => void (view.value = { ...view.peek(), scale: Math.min(SCALE_MAX, scale * STEP) })} />
      <ZoomButton id="zoom-whole" icon="whole" name={m.whole} onClick={() => void (view.value = { ...WHOLE, turns })} />
      <ZoomButton
        id="zoom-turn"
        icon="turn"
        name={m.turn}
        onClick={() => void (view.value = { ...view.peek(), x: 1 - view.peek().y, y: view.peek().x, turns: (turns + 1) % 4 })}
      />
    </div>
  );
}

function ZoomButton(props: { id: string; icon: "plus" | "minus" | "whole" | "turn"; name: string; disabled?: boolean; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="quiet" aria-label={props.name} title={props.name} disabled={props.disabled} onClick={props.onClick} {...testId(props.id)}>
      <Icon name={props.icon} />
    </button>
  );
}
