/** How a picture is looked at: zoomed, moved and turned. Sizes of pane and picture stay out of the view itself, so one
 * view serves pictures of different sizes side by side, and each shows the same part of its own. */

export interface View {
  /** 1: the whole picture fits its pane. */
  scale: number;
  /** The picture's point at the middle of the pane, in fractions of it. */
  x: number;
  y: number;
  /** Quarter turns clockwise. */
  turns: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0.5, y: 0.5, turns: 0 };
export const SCALE_MAX = 12;
/** By a key, and by a step of a mouse wheel. */
export const STEP = 1.25;
const WHEEL_PER_STEP = 120;

const within = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The picture's size as it is turned. */
export const turned = (picture: Size, turns: number): Size =>
  turns % 2 === 0 ? picture : { width: picture.height, height: picture.width };

/** Pane pixels for a picture pixel when the whole picture fits. */
export function fit(pane: Size, picture: Size): number {
  if (picture.width <= 0 || picture.height <= 0) return 1;
  return Math.min(pane.width / picture.width, pane.height / picture.height);
}

/** How large the picture is in the pane. */
export function shown(view: View, pane: Size, picture: Size): Size {
  const upright = turned(picture, view.turns);
  const k = fit(pane, upright) * view.scale;
  return { width: upright.width * k, height: upright.height * k };
}

/** Keeps scale and middle where there is something to see: no edge of a picture larger than the pane comes inside it. */
export function clamp(view: View, pane: Size, picture: Size): View {
  const scale = within(view.scale, 1, SCALE_MAX);
  const size = shown({ ...view, scale }, pane, picture);
  const middle = (at: number, paneSide: number, side: number): number => {
    if (side <= paneSide || side === 0) return 0.5;
    const half = paneSide / side / 2;
    return within(at, half, 1 - half);
  };
  return { ...view, scale, x: middle(view.x, pane.width, size.width), y: middle(view.y, pane.height, size.height) };
}

/** Zooms so that what is at `at` (pixels from the pane's corner) stays there. */
export function zoomAt(view: View, factor: number, at: Point, pane: Size, picture: Size): View {
  const scale = within(view.scale * factor, 1, SCALE_MAX);
  const before = shown(view, pane, picture);
  const after = shown({ ...view, scale }, pane, picture);
  if (before.width === 0 || before.height === 0) return view;
  const dx = at.x - pane.width / 2;
  const dy = at.y - pane.height / 2;
  const moved = {
    ...view,
    scale,
    x: view.x + dx / before.width - dx / after.width,
    y: view.y + dy / before.height - dy / after.height,
  };
  return clamp(moved, pane, picture);
}

/** Moves the picture by pane pixels: to the right shows what lies on its left. */
export function pan(view: View, dx: number, dy: number, pane: Size, picture: Size): View {
  const size = shown(view, pane, picture);
  if (size.width === 0 || size.height === 0) return view;
  return clamp({ ...view, x: view.x - dx / size.width, y: view.y - dy / size.height }, pane, picture);
}

/** A quarter turn clockwise; the same spot of the picture stays in the middle. */
export function turn(view: View, pane: Size, picture: Size): View {
  return clamp({ ...view, x: 1 - view.y, y: view.x, turns: (view.turns + 1) % 4 }, pane, picture);
}

/** Two fingers, before and after: they keep what they lie on. */
export function pinch(view: View, before: [Point, Point], after: [Point, Point], pane: Size, picture: Size): View {
  const distance = ([a, b]: [Point, Point]): number => Math.hypot(a.x - b.x, a.y - b.y);
  const middle = ([a, b]: [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const from = middle(before);
  const to = middle(after);
  const factor = distance(before) > 0 ? distance(after) / distance(before) : 1;
  return pan(zoomAt(view, factor, from, pane, picture), to.x - from.x, to.y - from.y, pane, picture);
}

/** The factor of a wheel event; lines and pages count as some pixels. */
export function wheelFactor(event: { deltaY: number; deltaMode: number }): number {
  const pixels = event.deltaY * (event.deltaMode === 1 ? 40 : event.deltaMode === 2 ? 400 : 1);
  return STEP ** (-within(pixels, -3 * WHEEL_PER_STEP, 3 * WHEEL_PER_STEP) / WHEEL_PER_STEP);
}

/** Of a picture whose middle is placed in the middle of its pane, at the size at which it fits. */
export function transform(view: View, pane: Size, picture: Size): string {
  const size = shown(view, pane, picture);
  const dx = (0.5 - view.x) * size.width;
  const dy = (0.5 - view.y) * size.height;
  const k = fit(pane, turned(picture, view.turns)) / fit(pane, picture);
  return `translate(${dx.toFixed(2)}px, ${dy.toFixed(2)}px) scale(${(view.scale * k).toFixed(4)}) rotate(${view.turns * 90}deg)`;
}
