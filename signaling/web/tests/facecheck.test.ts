import { describe, expect, test } from "vitest";
import { taskOf } from "../applicant/facecheck/live";
import { arrowSide } from "../applicant/facecheck/signs";
import { firstOpenStep, reachableStep } from "../applicant/facecheck/submission";
import type { FaceCheck, Material, Prompt } from "../client/api_facecheck";
import { fitWithin, suitability } from "../client/shrink";
import { pickVoice } from "../client/speech";
import { reasonOf } from "../client/upload";
import { withCheck } from "../officer/checks";

const material = (usable: boolean): Material => ({
  uploaded_at: "2026-11-21T09:20:00.000Z",
  width: 1,
  height: 1,
  bytes: 1,
  usable,
  checks: [],
  reasons: [],
});
const [none, poor, good] = [null, material(false), material(true)];

describe("steps", () => {
  test.each([
    [none, none, "portrait"],
    [poor, good, "portrait"],
    [good, none, "page"],
    [good, poor, "page"],
    [good, good, "live"],
  ] as const)("portrait %o and page %o lead to %s", (portrait, page, step) => {
    expect(firstOpenStep({ portrait, page })).toBe(step);
  });

  test("a reload comes back to the step it was at, but never beyond what is done", () => {
    expect(reachableStep("portrait", { portrait: good, page: good })).toBe("portrait");
    expect(reachableStep("live", { portrait: good, page: good })).toBe("live");
    expect(reachableStep("live", { portrait: good, page: none })).toBe("page");
    expect(reachableStep(null, { portrait: good, page: none })).toBe("page");
  });
});

test.each([
  ["turn_left", true, "left"],
  ["turn_right", true, "right"],
  ["turn_left", false, "right"],
  ["turn_right", false, "left"],
  ["nod", true, null],
] as const)("the arrow of %s, mirrored %s, points %s", (task, mirrored, side) => {
  expect(arrowSide(task, mirrored)).toBe(side);
});

test.each([
  [{ state: "task", task: "nod", progress: 0.4 }, "nod"],
  [{ state: "task", task: "nod", progress: 1 }, "nod"],
  [{ state: "task", task: "turn_left", progress: 0.2, hint: "look_straight" }, "turn_left"],
  [{ state: "task", task: "turn_left", progress: 1, hint: "look_straight" }, null],
  [{ state: "look" }, null],
  [{ state: "done", progress: 1 }, null],
] as const)("prompt %o asks for %s", (prompt, task) => {
  const none = { try_id: "t", index: 0, count: 2, task: null, progress: 0, remaining_ms: 0, hint: null };
  expect(taskOf({ ...none, ...prompt } as Prompt)).toBe(task);
});

describe("pictures", () => {
  const jpeg = (size: number): Blob => new Blob([new Uint8Array([0xff, 0xd8, 0xff]), new Uint8Array(Math.max(0, size - 3))]);

  test("a JPEG is told by its content, and measured against 5 MB", async () => {
    expect(await suitability(jpeg(100))).toBe("fits");
    expect(await suitability(jpeg(5 * 1024 * 1024))).toBe("fits");
    expect(await suitability(jpeg(5 * 1024 * 1024 + 1))).toBe("too_large");
    expect(await suitability(new Blob([]))).toBe("no_picture");
    expect(await suitability(new Blob(["%PDF-1.7"]))).toBe("no_picture");
  });

  test.each([
    [4000, 3000, 2000, 2000, 1500],
    [3000, 4000, 2000, 1500, 2000],
    [800, 600, 2000, 800, 600],
    [20000, 1, 2000, 2000, 1],
  ])("%i × %i within %i is %i × %i", (width, height, side, w, h) => {
    expect(fitWithin(width, height, side)).toEqual({ width: w, height: h });
  });

  test.each([
    [422, '{"error":{"code":"no_face","message":"m"}}', "no_face"],
    [413, "<html>too large</html>", "file_too_large"],
    [502, "", "upload_failed"],
    [422, '{"error":null}', "upload_failed"],
    [422, "null", "upload_failed"],
  ])("a refusal %i with body %s is %s", (status, body, code) => {
    expect(reasonOf(status, body).code).toBe(code);
  });
});

test.each([
  [["en-GB", "zh-CN"], "zh-CN", "zh-CN"],
  [["zh_TW", "zh_CN"], "zh-CN", "zh_CN"],
  [["zh-TW"], "zh-CN", "zh-TW"],
  [["en-GB"], "en-US", "en-GB"],
  [["de-DE", "fr-FR"], "en-US", undefined],
  [[], "en-US", undefined],
])("of the voices %o, %s is spoken by %s", (tags, wanted, expected) => {
  const voices = tags.map((lang) => ({ lang, localService: true }));
  expect(pickVoice(voices, wanted)?.lang).toBe(expected);
});

test("a voice on the device goes before one in the network", () => {
  const voices = [
    { lang: "en-US", localService: false, name: "far" },
    { lang: "en-US", localService: true, name: "near" },
  ];
  expect(pickVoice(voices, "en-US")?.name).toBe("near");
});

test("a face check in a list is replaced by its newer self only", () => {
  const check = (id: string, version: number): FaceCheck => ({ id, version, created_at: id }) as FaceCheck;
  const list = [check("b", 3), check("a", 1)];
  expect(withCheck(list, check("a", 2)).map((one) => one.version)).toEqual([3, 2]);
  expect(withCheck(list, check("b", 2)).map((one) => one.version)).toEqual([3, 1]);
  expect(withCheck(list, check("c", 1)).map((one) => one.id)).toEqual(["c", "b", "a"]);
});
