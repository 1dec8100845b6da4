export type Language = "zh-Hans" | "en";

/** The first of the reader's languages that we have. Readers of Traditional Chinese are better served by zh-Hans. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh-Hans";
    if (primary === "en") return "en";
  }
  return "en";
}
