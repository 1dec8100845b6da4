/** Instants in words: in the viewer's zone, with the mission's beside it where the two differ. */
import type { Language } from "./language";

const LOCALE: Record<Language, string> = { "zh-Hans": "zh-CN", "zh-Hant": "zh-HK", en: "en-GB" };

export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/* To make one costs far more than to use it, and a list of free times has hundreds of instants. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options]);
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formatters.set(key, known);
  return known;
}

function format(instant: string | number, language: Language, zone: string, options: Intl.DateTimeFormatOptions): string {
  return formatter(LOCALE[language], { ...options, timeZone: zone }).format(new Date(instant));
}

/** "17:30" */
export function clockTime(instant: string | number, language: Language, zone: string): string {
  return format(instant, language, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** "17:30:05" */
export function clockSeconds(instant: string | number, language: Language, zone: string): string {
  return format(instant, language, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** "Saturday, 21 November" */
export function longDay(instant: string | number, language: Language, zone: string): string {
  return format(instant, language, zone, { weekday: "long", day: "numeric", month: "long" });
}

/** "Saturday, 21 November, 17:30" */
export function dayAndTime(instant: string | number, language: Language, zone: string, time = clockTime): string {
  return `${longDay(instant, language, zone)}${language === "en" ? "," : ""} ${time(instant, language, zone)}`;
}

/** The day in a zone as YYYY-MM-DD; of its parts, since how a locale puts them together changes from browser to browser. */
export function isoDay(instant: string | number, zone: string): string {
  const options = { calendar: "gregory", timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const parts = formatter("en-US", options).formatToParts(new Date(instant));
  const part = (wanted: string): string => parts.find(({ type }) => type === wanted)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** YYYY-MM-DD, `days` later: calendar arithmetic, no zone in it. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** A calendar day in words, e.g. "Saturday, 21 November". */
export const dayInWords = (day: string, language: Language): string => longDay(`${day}T12:00:00Z`, language, "UTC");

/** A calendar day in few letters, e.g. "Sat 21 Nov". */
export const shortDay = (day: string, language: Language): string =>
  format(`${day}T12:00:00Z`, language, "UTC", { weekday: "short", day: "numeric", month: "short" });

/** A calendar day with its year, e.g. "2 January 1990". */
export const isoDayInWords = (day: string, language: Language): string =>
  format(`${day}T12:00:00Z`, language, "UTC", { year: "numeric", month: "long", day: "numeric" });

/** Whether two zones show the same wall clock at this instant. */
export function sameWallClock(instant: string | number, one: string, other: string): boolean {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "short", timeStyle: "short" };
  return format(instant, "en", one, options) === format(instant, "en", other, options);
}

export interface LocalTime {
  day: string;
  time: string;
}

/** An appointment for a viewer; `mission` only where its clock differs. */
export function appointmentTimes(
  instant: string,
  language: Language,
  viewer: string,
  missionZone: string,
): { viewer: LocalTime; mission?: LocalTime } {
  const at = (zone: string): LocalTime => ({
    day: longDay(instant, language, zone),
    time: clockTime(instant, language, zone),
  });
  if (sameWallClock(instant, viewer, missionZone)) return { viewer: at(viewer) };
  return { viewer: at(viewer), mission: at(missionZone) };
}

/** Seconds as "4:05" or "1:02:09". */
export function stopwatch(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}
