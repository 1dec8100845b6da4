import { expect, onTestFinished, test } from "vitest";
import { addDays, appointmentTimes, clockTime, isoDay, sameWallClock, stopwatch } from "../client/time";

const AT = "2026-11-21T09:30:00.000Z";

test("an appointment is told in the viewer's zone, and the mission's beside it", () => {
  const day = expect.stringMatching(/^Saturday,? 21 November$/); // as the browser's locale data has it
  expect(appointmentTimes(AT, "en", "Asia/Shanghai", "America/New_York")).toEqual({
    viewer: { day, time: "17:30" },
    mission: { day, time: "04:30" },
  });
  expect(appointmentTimes(AT, "zh-Hans", "Asia/Shanghai", "America/New_York").viewer).toEqual({
    day: "11月21日星期六",
    time: "17:30",
  });
});

test("the mission's time is left out where the clocks agree, whatever the zones are called", () => {
  expect(appointmentTimes(AT, "en", "America/Detroit", "America/New_York").mission).toBeUndefined();
});

test("zones that agree in winter and differ in summer", () => {
  expect(sameWallClock("2026-01-15T12:00:00Z", "Africa/Lagos", "Europe/Paris")).toBe(true);
  expect(sameWallClock("2026-07-15T12:00:00Z", "Africa/Lagos", "Europe/Paris")).toBe(false);
});

test("zones that agree on the hour but not on the day", () => {
  expect(sameWallClock(AT, "Pacific/Kiritimati", "Pacific/Honolulu")).toBe(false);
});

test("a long list of times makes few formatters, which are what takes long", () => {
  const real = Intl.DateTimeFormat;
  let made = 0;
  Intl.DateTimeFormat = new Proxy(real, { construct: (target, given) => (made++, Reflect.construct(target, given)) });
  onTestFinished(() => void (Intl.DateTimeFormat = real));
  for (let i = 0; i < 500; i++) {
    const at = new Date(Date.parse(AT) + i * 600_000).toISOString();
    isoDay(at, "Asia/Tokyo");
    appointmentTimes(at, "zh-Hant", "Asia/Tokyo", "Europe/Stockholm");
  }
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(20);
});

test("midnight is 00:00, not 24:00", () => {
  expect(clockTime("2026-11-21T00:00:00Z", "en", "UTC")).toBe("00:00");
  expect(clockTime("2026-11-21T00:00:00Z", "zh-Hans", "UTC")).toBe("00:00");
});

test("the day depends on the zone", () => {
  expect(isoDay("2026-11-21T03:00:00Z", "America/New_York")).toBe("2026-11-20");
  expect(isoDay("2026-11-21T03:00:00Z", "Asia/Shanghai")).toBe("2026-11-21");
});

test.each([
  ["2026-12-31", 1, "2027-01-01"],
  ["2026-03-01", -1, "2026-02-28"],
  ["2028-02-28", 1, "2028-02-29"],
  ["2026-03-08", 1, "2026-03-09"], // clocks change in New York
])("%s and %i days is %s", (day, days, expected) => {
  expect(addDays(day, days)).toBe(expected);
});

test.each([
  [0, "0:00"],
  [59.9, "0:59"],
  [245, "4:05"],
  [3729, "1:02:09"],
  [-3, "0:00"],
])("%d s is %s", (seconds, expected) => {
  expect(stopwatch(seconds)).toBe(expected);
});
