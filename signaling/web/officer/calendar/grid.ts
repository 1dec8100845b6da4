/** Where appointments stand in the picture of a day: minutes of the mission's clock, and lanes side by side. */
import type { CalendarDay, CalendarEntry } from "../../client/api_review";

export interface Placed {
  entry: CalendarEntry;
  /** Minutes since midnight on the mission's wall clock. */
  from: number;
  to: number;
  lane: number;
  lanes: number;
}

/** Minutes since midnight on a zone's wall clock. */
export function minuteOfDay(instant: string, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .formatToParts(new Date(instant))
    .reduce<Record<string, number>>((all, part) => ({ ...all, [part.type]: Number(part.value) }), {});
  return (parts["hour"] ?? 0) * 60 + (parts["minute"] ?? 0);
}

/** The day's interviews, each in the first lane that is free when it begins; those that touch each other share the
 * width. */
export function place(day: CalendarDay, zone: string): Placed[] {
  const placed: Placed[] = [];
  let group: Placed[] = [];
  let groupEnd = -1;
  const close = (): void => {
    const lanes = Math.max(0, ...group.map((one) => one.lane)) + 1;
    for (const one of group) one.lanes = lanes;
    group = [];
  };
  const timed = day.interviews.filter((entry) => entry.scheduled_at !== null);
  for (const entry of timed.sort((a, b) => (a.scheduled_at ?? "").localeCompare(b.scheduled_at ?? ""))) {
    const from = minuteOfDay(entry.scheduled_at ?? "", zone);
    const to = from + entry.length_min;
    if (from >= groupEnd) close();
    const taken = new Set(group.filter((one) => one.to > from).map((one) => one.lane));
    let lane = 0;
    while (taken.has(lane)) lane++;
    const one = { entry, from, to, lane, lanes: 1 };
    group.push(one);
    placed.push(one);
    groupEnd = Math.max(groupEnd, to);
  }
  close();
  return placed;
}

/** Whole hours that hold every appointment time and interview of the days; an office day where there is none. */
export function hoursOf(days: readonly CalendarDay[], zone: string, lengthMin: number): { from: number; to: number } {
  let from = 24;
  let to = 0;
  const take = (minute: number, length: number): void => {
    from = Math.min(from, Math.floor(minute / 60));
    to = Math.max(to, Math.min(24, Math.ceil((minute + length) / 60)));
  };
  for (const day of days) {
    for (const slot of day.slots) take(minuteOfDay(slot.at, zone), lengthMin);
    for (const entry of day.interviews) {
      if (entry.scheduled_at !== null) take(minuteOfDay(entry.scheduled_at, zone), entry.length_min);
    }
  }
  return from < to ? { from, to } : { from: 9, to: 17 };
}

/** Whether an appointment's time has come: nobody books it any more. */
export function isOver(at: string, now: number): boolean {
  return Date.parse(at) <= now;
}

/** Places of the day that are still to come: how many there are, and how many of them are free. */
export function placesOf(day: CalendarDay, capacity: number, now: number): { total: number; free: number } {
  const ahead = day.slots.filter(({ at }) => !isOver(at, now));
  return { total: ahead.length * capacity, free: ahead.reduce((sum, slot) => sum + slot.free, 0) };
}

/** The entry to go to from `chosen` by an arrow: in the same day up and down, the nearest in time of another day to the
 * sides. */
export function neighbour(days: readonly CalendarDay[], chosen: string | null, key: string, zone: string): string | null {
  const columns = days.map((day) => place(day, zone).map(({ entry, from }) => ({ id: entry.interview_id, from })));
  const at = columns.findIndex((column) => column.some((one) => one.id === chosen));
  if (at < 0) return columns.flat()[0]?.id ?? null;
  const column = columns[at] ?? [];
  const row = column.findIndex((one) => one.id === chosen);
  if (key === "ArrowUp" || key === "ArrowDown") return column[row + (key === "ArrowDown" ? 1 : -1)]?.id ?? chosen;
  const step = key === "ArrowRight" ? 1 : -1;
  const time = column[row]?.from ?? 0;
  for (let next = at + step; next >= 0 && next < columns.length; next += step) {
    const nearest = [...(columns[next] ?? [])].sort((a, b) => Math.abs(a.from - time) - Math.abs(b.from - time))[0];
    if (nearest) return nearest.id;
  }
  return chosen;
}
