/** Dark or light: as the system says, until the reader wants the other one on this device. */
import { computed, effect, signal } from "@preact/signals";
import { preference } from "./credentials";

export type Theme = "auto" | "light" | "dark";

export const isTheme = (text: string | null): text is Theme => text === "auto" || text === "light" || text === "dark";

/** The media attribute of the dark style sheet. */
export function darkMedia(theme: Theme): string {
  return theme === "auto" ? "(prefers-color-scheme: dark)" : theme === "dark" ? "all" : "not all";
}

/** The other one than what is seen now. What the system says anyway needs no wish of one's own. */
export function toggled(theme: Theme, systemDark: boolean): Theme {
  const dark = !isDark(theme, systemDark);
  return dark === systemDark ? "auto" : dark ? "dark" : "light";
}

export const isDark = (theme: Theme, systemDark: boolean): boolean => (theme === "auto" ? systemDark : theme === "dark");

const system = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;
const systemDark = signal(system?.matches ?? false);
system?.addEventListener("change", ({ matches }) => (systemDark.value = matches));

const kept = preference.get("theme");
const chosen = signal<Theme>(isTheme(kept) ? kept : "auto");

/** Whether the page is dark now. */
export const dark = computed(() => isDark(chosen.value, systemDark.value));

export function toggleTheme(): void {
  chosen.value = toggled(chosen.peek(), systemDark.peek());
  preference.set("theme", chosen.peek());
}

/** Makes the page follow the theme; once, when it starts. */
export function followTheme(): void {
  const sheet = document.getElementById("dark") as HTMLLinkElement | null;
  effect(() => {
    if (sheet) sheet.media = darkMedia(chosen.value);
  });
}
