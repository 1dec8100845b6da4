import { expect, test } from "vitest";
import { pickLanguage } from "../client/language";
import { en } from "../client/messages/en";
import { zhHans } from "../client/messages/zh-hans";
import { zhHant } from "../client/messages/zh-hant";

type Leaf = string | ((parameters: never) => string);

function leaves(tree: object, path = ""): [string, Leaf][] {
  return Object.entries(tree).flatMap(([key, value]: [string, object | Leaf]): [string, Leaf][] =>
    typeof value === "object" ? leaves(value, `${path}${key}.`) : [[`${path}${key}`, value as Leaf]],
  );
}

const parameters = { name: "N", n: 1, ms: 1, seconds: 1, minutes: 2, seq: 1, total: 1, waiting: 0 } as never;
const text = (leaf: Leaf): string => (typeof leaf === "string" ? leaf : leaf(parameters));

const chinese = [
  ["zh-Hans", zhHans],
  ["zh-Hant", zhHant],
] as const;

test.each(chinese)("%s has the same keys as English, and no empty text", (_, dictionary) => {
  const english = leaves(en);
  const other = leaves(dictionary);
  expect(other.map(([key]) => key).sort()).toEqual(english.map(([key]) => key).sort());
  for (const [key, leaf] of [...english, ...other]) expect(text(leaf), key).toMatch(/\S/);
});

test.each(chinese)("no English text is left in %s", (_, dictionary) => {
  // Names of things that have no other name, and texts made of names only.
  const without = new Set(["officer.recordFields.ssrc", "applicant.incomingText"]);
  for (const [key, leaf] of leaves(dictionary)) {
    if (!without.has(key)) expect(text(leaf), key).toMatch(/\p{Script=Han}/u);
  }
});

test("each Chinese dictionary keeps to its own characters", () => {
  // Frequent ones that only the one script has.
  const simplified = /[们为说还对时会过请证张护领这个来国图体应须无关问题员经现发见录认识讯订单签传余线网频]/;
  const traditional = /[們為說還對時會過請證張護領這個來國圖體應須無關問題員經現發見錄認識訊訂單簽傳餘線網頻]/;
  for (const [key, leaf] of leaves(zhHant)) expect(text(leaf), key).not.toMatch(simplified);
  for (const [key, leaf] of leaves(zhHans)) expect(text(leaf), key).not.toMatch(traditional);
});

test.each([
  [["zh-CN", "en"], "zh-Hans"],
  [["zh-TW"], "zh-Hant"],
  [["zh-HK", "en"], "zh-Hant"],
  [["zh-Hant-MO"], "zh-Hant"],
  [["zh-Hans-HK"], "zh-Hans"],
  [["zh-SG"], "zh-Hans"],
  [["zh-yue-HK"], "zh-Hant"],
  [["de-DE", "zh", "en"], "zh-Hans"],
  [["de-DE", "en-US", "zh"], "en"],
  [["sv-SE"], "en"],
  [[], "en"],
] as const)("languages %o give %s", (preferred, expected) => {
  expect(pickLanguage(preferred)).toBe(expected);
});
