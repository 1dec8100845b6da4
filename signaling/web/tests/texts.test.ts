import { expect, test } from "vitest";
import { en } from "../client/messages/en";

const files = import.meta.glob<string>(["../{applicant,client,officer}/**/*.{ts,tsx}", "!../client/messages/*"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const source = Object.values(files)
  .map((text) => text.replace(/\/\*[^]*?\*\/|\/\/ .*/g, ""))
  .join("\n");

const paths = (tree: object, above: readonly string[] = []): string[][] =>
  Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? paths(value, [...above, key]) : [[...above, key]],
  );

const occurs = (pattern: string): boolean => new RegExp(pattern).test(source);
/** By its name, in a property access or taken out of its group. */
const isNamed = (key: string): boolean => occurs(`\\.${key}\\b|\\{[^{}\n]*\\b${key}\\b[^{}\n]*\\} = `);
const isWord = (key: string): boolean => occurs(`["'\`]${key}["'\`]|\\b${key}:`);
/** By a code: its group is looked into with one that comes from elsewhere, or with one of the page's own words. */
const isLookedUp = (key: string, group: string, depth: number): boolean =>
  occurs(`\\.${group}\\[|named\\([\\w.]+\\.${group},|Record<string, string>>? = [\\w.]+\\.${group};`)
    ? depth > 2 || isWord(key)
    : occurs(`\\.${group}\\b`) && isWord(key);

test("every text is used somewhere", () => {
  const unused = paths(en).filter((path) => {
    const [key = "", group = ""] = [...path].reverse();
    return !isNamed(key) && !isLookedUp(key, group, path.length);
  });
  expect(unused.map((path) => path.join("."))).toEqual([]);
});
