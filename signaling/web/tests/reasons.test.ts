import { describe, expect, test } from "vitest";
import header from "../../../vision/vision.h?raw";
import { HINTS, TASKS } from "../client/api_facecheck";
import { en } from "../client/messages/en";
import { zhHans } from "../client/messages/zh-hans";
import { zhHant } from "../client/messages/zh-hant";
import { checkText, REASON_CODES, reasonText, wasInterrupted } from "../client/reasons";

const inputErrors = (): string[] => {
  const body = /enum vision_error \{([^}]*)\}/.exec(header)?.[1] ?? "";
  const names = [...body.matchAll(/VISION_ERROR_(\w+),/g)].map(([, name]) => (name ?? "").toLowerCase());
  return names.slice(names.indexOf("timeout"));
};

/** Lists in the header's comments: "Codes of reasons: a, b, c." */
const listed = (): string[] =>
  [...header.matchAll(/Codes of (?:page )?reasons: ([^.]*)\./g)].flatMap(([, list]) =>
    (list ?? "").split(",").map((code) => code.replaceAll(/[\s*]/g, "")),
  );

describe("reasons", () => {
  test("every code that vision gives is known to the pages", () => {
    expect(inputErrors().length).toBeGreaterThan(12);
    expect(listed().length).toBeGreaterThan(25);
    const known: readonly string[] = REASON_CODES;
    expect([...inputErrors(), ...listed()].filter((code) => !known.includes(code))).toEqual([]);
  });

  test.each([
    ["en", en],
    ["zh-Hans", zhHans],
    ["zh-Hant", zhHant],
  ])("every code says what was seen and what helps, in %s", (_, messages) => {
    for (const code of REASON_CODES) {
      const text = reasonText({ code, message: "" }, messages);
      expect(text.what, code).toMatch(/\S/);
      expect(text.next, code).toMatch(/\S/);
      expect(messages.reasons[code], code).toBe(text);
    }
  });

  test("no text says that somebody is rejected", () => {
    const all = JSON.stringify([en.reasons, en.facecheck]);
    expect(all.replaceAll("No automatic result rejects anybody", "")).not.toMatch(/reject|refuse|fraud|fake/i);
  });

  test.each([
    [{ code: "of_a_newer_server", message: "The server's own words." }, "The server's own words."],
    [{ code: "__proto__", message: "x" }, "x"],
    [{ code: "of_a_newer_server", message: "" }, en.problems.unexpected.what],
    [{ code: "storage_failed", message: "x" }, en.problems.storage_failed.what],
  ])("reason %o is told as %s", (reason, what) => {
    expect(reasonText(reason, en).what).toBe(what);
  });

  test.each([
    [{ check: "frontal", passed: true, message: "x" }, en.checks.frontal.yes],
    [{ check: "frontal", passed: false, message: "x" }, en.checks.frontal.no],
    [{ check: "of_a_newer_server", passed: false, message: "Its own words." }, "Its own words."],
    [{ check: "toString", passed: true, message: "x" }, "x"],
  ])("check %o is told as %s", (check, text) => {
    expect(checkText(check, en)).toBe(text);
  });

  test("what was interrupted is told from what was judged", () => {
    const of = (...codes: string[]) => codes.map((code) => ({ code, message: "" }));
    expect(wasInterrupted(of("peer_gone"))).toBe(true);
    expect(wasInterrupted(of("task_not_done"))).toBe(false);
    expect(wasInterrupted([])).toBe(false);
  });

  test("tasks and hints are vision's", () => {
    const enumerated = [...header.matchAll(/^ {4}VISION_((?:TURN|NOD|BLINK|OPEN|COME)\w*),/gm)].map(([, name]) =>
      (name ?? "").toLowerCase(),
    );
    expect(enumerated).toEqual([...TASKS]);
    const hints = /"no_face", "several_faces",[^.]*static \*\//.exec(header)?.[0] ?? "";
    expect([...hints.matchAll(/"(\w+)"/g)].map(([, hint]) => hint)).toEqual([...HINTS]);
  });
});
