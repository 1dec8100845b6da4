/** The page's language. A dictionary lacks nothing: zh-Hans must have the type of en. */
import { computed, effect, signal } from "@preact/signals";
import { preference } from "./credentials";
import { pickLanguage, type Language } from "./language";
import { en } from "./messages/en";
import { zhHans } from "./messages/zh-hans";

export type { Language } from "./language";
export type Messages = typeof en;

export const LANGUAGES: Readonly<Record<Language, { name: string; messages: Messages }>> = {
  "zh-Hans": { name: "中文", messages: zhHans },
  en: { name: "English", messages: en },
};

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
