import { expect, test } from "vitest";
import { darkMedia, isDark, isTheme, toggled } from "../client/theme";

test.each([
  ["auto", false, "dark"],
  ["auto", true, "light"],
  ["dark", false, "auto"],
  ["light", true, "auto"],
  ["dark", true, "light"],
  ["light", false, "dark"],
] as const)("theme %s on a system that is dark: %s, switched, is %s", (theme, systemDark, expected) => {
  expect(toggled(theme, systemDark)).toBe(expected);
  expect(isDark(expected, systemDark)).toBe(!isDark(theme, systemDark));
});

test("the dark sheet applies as the theme says", () => {
  expect((["auto", "light", "dark"] as const).map(darkMedia)).toEqual(["(prefers-color-scheme: dark)", "not all", "all"]);
});

test("what is kept may be anything", () => {
  expect([null, "", "dark", "darker", "auto"].filter(isTheme)).toEqual(["dark", "auto"]);
});
