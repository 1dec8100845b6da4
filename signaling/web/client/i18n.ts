/** The page's language. A dictionary lacks nothing: zh-Hans must have the type of en. */
import { computed, effect, signal } from "@preact/signals";
import { preference } from "./credentials";
import { en } from "./messages/en";
import { zhHans } from "./messages/zh-hans";
import type { Language } from "./time";

export type { Language } from "./time";
export type Messages = typeof en;

export const LANGUAGES: Readonly<Record<Language, { name: string; messages: Messages }>> = {
  "zh-Hans": { name: "中文", messages: zhHans },
  en: { name: "English", messages: en },
};

/** The first of the reader's languages that we have. Traditional Chinese readers are better served by zh-Hans. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh-Hans";
    if (primary === "en") return "en";
  }
  return "en";
}

function initial(): Language {
  const kept = preference.get("language");
  return kept === "zh-Hans" || kept === "en" ? kept : pickLanguage(navigator.languages);
}

export const language = signal<Language>(initial());
/** Read `messages.value` while rendering: the component follows the language. */
export const messages = computed<Messages>(() => LANGUAGES[language.value].messages);

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  preference.set("language", chosen);
}
