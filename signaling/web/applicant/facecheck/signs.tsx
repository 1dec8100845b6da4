/** What is drawn over the own picture: the sign of the task, and how far the person is. */
import type { JSX } from "preact";
import type { Task } from "../../client/api_facecheck";

const ARROW = "M42 18 14 48l28 30M16 48h66";

const PATHS: Record<Task, string> = {
  turn_left: ARROW,
  turn_right: ARROW,
  nod: "M18 54l30 28 30-28M48 80V14",
  blink: "M10 40q38 34 76 0M24 52l-8 12M48 58v14M72 52l8 12",
  open_mouth: "M48 16c18 0 24 14 24 32S66 80 48 80 24 66 24 48s6-32 24-32Z",
  come_closer: "M36 36 14 14M14 32V14h18M60 36l22-22M64 14h18v18M36 60 14 82M14 64v18h18M60 60l22 22M64 82h18V64",
};

/** Where an arrow points on the screen. Who looks into a mirror turns to the own left towards its left; in a picture that
 * is not mirrored (the back camera, held by somebody else) the same turn goes to the right. */
export function arrowSide(task: Task, mirrored: boolean): "left" | "right" | null {
  if (task !== "turn_left" && task !== "turn_right") return null;
  return (task === "turn_left") === mirrored ? "left" : "right";
}

export function TaskSign({ task, mirrored }: { task: Task; mirrored: boolean }): JSX.Element {
  const side = arrowSide(task, mirrored);
  return (
    <span class="task-sign" data-task={task} data-side={side ?? "below"} aria-hidden="true">
      <svg viewBox="0 0 96 96">
        <path d={PATHS[task]} transform={side === "right" ? "matrix(-1 0 0 1 96 0)" : undefined} />
      </svg>
    </span>
  );
}

/* From the top, clockwise around the oval. */
const OVAL = "M150 6a144 194 0 0 1 0 388a144 194 0 0 1 0-388";
const GAP = 0.04;

/** A ring of one segment for each task. */
export function Ring(props: { index: number; count: number; progress: number; done: boolean }): JSX.Element {
  const { index, count, progress, done } = props;
  const filled = (segment: number): number => (done || segment < index ? 1 : segment === index ? progress : 0);
  return (
    <svg class="ring" viewBox="0 0 300 400" preserveAspectRatio="none">
      {Array.from({ length: Math.max(1, count) }, (_, segment) => (
        <g key={segment}>
          <Arc segment={segment} count={count} length={1} part="track" />
          <Arc segment={segment} count={count} length={filled(segment)} part="fill" />
        </g>
      ))}
    </svg>
  );
}

function Arc(props: { segment: number; count: number; length: number; part: "track" | "fill" }): JSX.Element | null {
  const { segment, count, length, part } = props;
  if (length <= 0) return null;
  const drawn = Math.max(0.001, length * (1 - 2 * GAP));
  return (
    <path
      class={`ring-${part}`}
      d={OVAL}
      pathLength={Math.max(1, count)}
      stroke-dasharray={`${drawn} ${count + 1}`}
      stroke-dashoffset={-(segment + GAP)}
    />
  );
}
