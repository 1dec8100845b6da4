import { expect, test } from "vitest";
import { pickLanguage } from "../client/language";
import { en } from "../client/messages/en";
import { zhHans } from "../client/messages/zh-hans";

type Leaf = string | ((parameters: never) => string);

function leaves(tree: object, path = ""): [string, Leaf][] {
  return Object.entries(tree).flatMap(([key, value]: [string, object | Leaf]): [string, Leaf][] =>
    typeof value === "object" ? leaves(value, `${path}${key}.`) : [[`${path}${key}`, value as Leaf]],
  );
}

const parameters = { name: "N", n: 1, ms: 1, seconds: 1, minutes: 2, seq: 1, total: 1, waiting: 0 } as never;
const text = (leaf: Leaf): string => (typeof leaf === "string" ? leaf : leaf(parameters));

test("both dictionaries have the same keys, and no empty text", () => {
  const english = leaves(en);
  const chinese = leaves(zhHans);
  expect(chinese.map(([key]) => key).sort()).toEqual(english.map(([key]) => key).sort());
  for (const [key, leaf] of [...english, ...chinese]) expect(text(leaf), key).toMatch(/\S/);
});

test("no English text is left in the Chinese dictionary", () => {
  // Names of things that have no other name, and texts made of names only.
  const without = new Set(["officer.recordFields.ssrc", "applicant.incomingText"]);
  for (const [key, leaf] of leaves(zhHans)) {
    if (!without.has(key)) expect(text(leaf), key).toMatch(/\p{Script=Han}/u);
  }
});

test.each([
  [["zh-CN", "en"], "zh-Hans"],
  [["zh-TW"], "zh-Hans"],
  [["de-DE", "zh", "en"], "zh-Hans"],
  [["de-DE", "en-US", "zh"], "en"],
  [["sv-SE"], "en"],
  [[], "en"],
] as const)("languages %o give %s", (preferred, expected) => {
  expect(pickLanguage(preferred)).toBe(expected);
});
