/** The page's language. A dictionary lacks nothing: the Chinese ones must have the type of en. */
import { computed, effect, signal } from "@preact/signals";
import { preference } from "./credentials";
import { pickLanguage, type Language } from "./language";
import { en } from "./messages/en";
import { zhHans } from "./messages/zh-hans";
import { zhHant } from "./messages/zh-hant";

export type { Language } from "./language";
export type Messages = typeof en;

export const LANGUAGES: Readonly<Record<Language, { name: string; messages: Messages }>> = {
  "zh-Hans": { name: "简体中文", messages: zhHans },
  "zh-Hant": { name: "繁體中文", messages: zhHant },
  en: { name: "English", messages: en },
};

export const isLanguage = (text: string | null): text is Language => Object.keys(LANGUAGES).some((each) => each === text);

function initial(): Language {
  const kept = preference.get("language");
  return isLanguage(kept) ? kept : pickLanguage(navigator.languages);
}

export const language = signal<Language>(initial());
/** Read `messages.value` while rendering: the component follows the language. */
export const messages = computed<Messages>(() => LANGUAGES[language.value].messages);

/** After a word that says what follows. */
export const colon = computed(() => (language.value === "en" ? ": " : "：")); // full width among Chinese characters

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  preference.set("language", chosen);
}

/** A mission's name for the reader. */
export const nameOf = ({ name }: { name: Readonly<Record<Language, string>> }): string => name[language.value];
