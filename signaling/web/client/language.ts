export type Language = "zh-Hans" | "zh-Hant" | "en";

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

/** A name that comes in English and in simplified Chinese only. */
export function nameIn(name: { en: string; "zh-Hans": string }, language: Language): string {
  return language === "en" ? name.en : name["zh-Hans"];
}
