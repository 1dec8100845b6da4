export type Language = "zh-Hans" | "zh-Hant" | "en";

/** What the API calls them where a mission has a text in each. */
export const TEXT_KEY = { en: "en", "zh-Hans": "zh_hans", "zh-Hant": "zh_hant" } as const satisfies Record<Language, string>;

/** Regions whose readers of Chinese read traditional characters where the tag names no script. */
const TRADITIONAL = /^zh-(?:hant|(?!hans)(?:[a-z]+-)*(?:tw|hk|mo))\b/;

/** The first of the reader's languages that we have. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const lower = tag.toLowerCase();
    const primary = lower.split("-")[0];
    if (primary === "zh") return TRADITIONAL.test(lower) ? "zh-Hant" : "zh-Hans";
    if (primary === "en") return "en";
  }
  return "en";
}
