import { describe, expect, test } from "vitest";
import { clamp, pan, pinch, SCALE_MAX, shown, transform, turn, wheelFactor, WHOLE, zoomAt, type Point, type View } from "../officer/zoom";

const pane = { width: 400, height: 300 };
const wide = { width: 1600, height: 900 };
const tall = { width: 600, height: 800 };

/** Where a picture's point (in fractions) is seen in the pane. */
function seen(view: View, point: Point, picture = wide): Point {
  const size = shown(view, pane, picture);
  return { x: pane.width / 2 + (point.x - view.x) * size.width, y: pane.height / 2 + (point.y - view.y) * size.height };
}

test("a whole picture fits, however it is turned", () => {
  expect(shown(WHOLE, pane, wide)).toEqual({ width: 400, height: 225 });
  expect(shown({ ...WHOLE, turns: 1 }, pane, wide)).toEqual({ width: 168.75, height: 300 });
  expect(shown(WHOLE, pane, { width: 0, height: 0 })).toEqual({ width: 0, height: 0 });
});

describe("zooming", () => {
  test("what is under the pointer stays there", () => {
    const view = { ...WHOLE, scale: 3, x: 0.5, y: 0.5 };
    const at = { x: 250, y: 180 };
    const size = shown(view, pane, wide);
    const point = { x: view.x + (at.x - 200) / size.width, y: view.y + (at.y - 150) / size.height };
    const after = zoomAt(view, 1.7, at, pane, wide);
    expect(seen(after, point).x).toBeCloseTo(at.x);
    expect(seen(after, point).y).toBeCloseTo(at.y);
  });

  test("no further than is useful, and back to the whole", () => {
    expect(zoomAt(WHOLE, 1000, { x: 0, y: 0 }, pane, wide).scale).toBe(SCALE_MAX);
    expect(zoomAt({ ...WHOLE, scale: 4, x: 0.2, y: 0.8 }, 0.01, { x: 9, y: 9 }, pane, wide)).toEqual(WHOLE);
  });

  test("a wheel turned towards its user makes smaller, and one wild turn is no leap", () => {
    expect(wheelFactor({ deltaY: 120, deltaMode: 0 })).toBeCloseTo(1 / 1.25);
    expect(wheelFactor({ deltaY: -3, deltaMode: 1 })).toBeCloseTo(1.25);
    expect(wheelFactor({ deltaY: -100000, deltaMode: 0 })).toBeCloseTo(1.25 ** 3);
  });
});

describe("moving", () => {
  test("the picture follows the hand", () => {
    const view = { ...WHOLE, scale: 4 };
    const before = seen(view, { x: 0.5, y: 0.5 });
    const after = seen(pan(view, 30, -20, pane, wide), { x: 0.5, y: 0.5 });
    expect(after.x - before.x).toBeCloseTo(30);
    expect(after.y - before.y).toBeCloseTo(-20);
  });

  test("no edge comes inside the pane, and what is smaller than it stays in its middle", () => {
    const corner = pan({ ...WHOLE, scale: 2 }, 9999, 9999, pane, wide);
    expect(seen(corner, { x: 0, y: 0 }).x).toBeCloseTo(0);
    expect(seen(corner, { x: 0, y: 0 }).y).toBeCloseTo(0);
    expect(pan(WHOLE, 50, 50, pane, wide)).toEqual(WHOLE);
    expect(clamp({ ...WHOLE, scale: 1.2, x: 0 }, pane, tall).x).toBe(0.5);
  });
});

test("two fingers keep what they lie on", () => {
  const view = { ...WHOLE, scale: 3 };
  const before: [Point, Point] = [{ x: 150, y: 150 }, { x: 250, y: 150 }];
  const after: [Point, Point] = [{ x: 130, y: 160 }, { x: 290, y: 160 }];
  const size = shown(view, pane, wide);
  const under = (finger: Point): Point => ({ x: 0.5 + (finger.x - 200) / size.width, y: 0.5 + (finger.y - 150) / size.height });
  const pinched = pinch(view, before, after, pane, wide);
  expect(pinched.scale).toBeCloseTo(4.8);
  expect(seen(pinched, under(before[0])).x).toBeCloseTo(130);
  expect(seen(pinched, under(before[1])).x).toBeCloseTo(290);
  expect(pinch(view, [before[0], before[0]], after, pane, wide).scale).toBeCloseTo(3);
});

test("four quarter turns are none, and the middle stays the middle", () => {
  const view = { ...WHOLE, scale: 6, x: 0.3, y: 0.6 };
  let turning = view;
  for (let n = 0; n < 4; n++) turning = turn(turning, pane, wide);
  expect(turning).toEqual({ ...view, x: expect.closeTo(0.3) as number, y: expect.closeTo(0.6) as number });
  expect(turn(view, pane, wide)).toMatchObject({ turns: 1, x: expect.closeTo(0.4) as number, y: expect.closeTo(0.3) as number });
});

test("one view shows the same part of pictures of different sizes", () => {
  const view = { ...WHOLE, scale: 2, x: 0.4, y: 0.5 };
  expect(transform(view, pane, wide)).toBe("translate(80.00px, 0.00px) scale(2.0000) rotate(0deg)");
  expect(transform(view, pane, tall)).toBe("translate(45.00px, 0.00px) scale(2.0000) rotate(0deg)");
});
