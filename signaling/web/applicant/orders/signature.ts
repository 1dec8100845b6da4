/** A signature as strokes on a field of 1000 × 400, and the text that the server keeps of it. Pure. */

export const FIELD = { width: 1000, height: 400 } as const;
export const SIGNATURE_BYTES_MAX = 16 * 1024;
export const SIGNATURE_POINTS_MIN = 10;

export interface Point {
  x: number;
  y: number;
}
export type Stroke = readonly Point[];

const within = (value: number, max: number): number => Math.min(max, Math.max(0, Math.round(value)));

/** The nearest point of the field; a pen that leaves the field draws along its edge. */
export const pointAt = (x: number, y: number): Point => ({ x: within(x, FIELD.width), y: within(y, FIELD.height) });

/** Adds a point to a stroke, unless the pen has hardly moved: pointers tell of themselves more often than is of use. */
export function extended(stroke: Stroke, point: Point, step = 4): Stroke {
  const last = stroke[stroke.length - 1];
  if (last && Math.abs(last.x - point.x) < step && Math.abs(last.y - point.y) < step) return stroke;
  return [...stroke, point];
}

export const pointsIn = (strokes: readonly Stroke[]): number => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

const textOf = (strokes: readonly Stroke[]): string =>
  strokes
    .filter((stroke) => stroke.length > 0)
    .map((stroke) => stroke.map(({ x, y }) => `${x},${y}`).join(" "))
    .join(";");

/** Half of the points; where a stroke begins and ends stays. */
const thinned = (stroke: Stroke): Stroke => stroke.filter((_, index) => index % 2 === 0 || index === stroke.length - 1);

/** "x,y x,y;x,y …": whoever draws for long draws more coarsely, rather than being refused. Null: not yet a signature. */
export function encode(strokes: readonly Stroke[]): string | null {
  let drawn = strokes;
  if (pointsIn(drawn) < SIGNATURE_POINTS_MIN) return null;
  let text = textOf(drawn);
  while (text.length > SIGNATURE_BYTES_MAX) {
    const fewer = drawn.map(thinned);
    // Dots alone cannot be thinned: the last ones are too many.
    drawn = pointsIn(fewer) < pointsIn(drawn) ? fewer : drawn.slice(0, Math.floor(drawn.length / 2));
    text = textOf(drawn);
  }
  return text;
}

/* ---- the pen that arrow keys move ---- */

export interface Pen {
  at: Point;
  down: boolean;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const STEP = 20;
const SMALL_STEP = 5;

/** Where a key takes the pen; null: not a key of the pen's. `fine`: with Shift, in small steps. */
export function moved(pen: Pen, key: string, fine: boolean): Pen | null {
  if (key === " ") return { ...pen, down: !pen.down };
  const move = Object.keys(MOVES).includes(key) ? MOVES[key] : undefined;
  if (!move) return null;
  const step = fine ? SMALL_STEP : STEP;
  return { ...pen, at: pointAt(pen.at.x + move[0] * step, pen.at.y + move[1] * step) };
}
