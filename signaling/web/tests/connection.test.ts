import { describe, expect, test } from "vitest";
import { backoffMs } from "../client/backoff";
import { ticketOf } from "../client/credentials";
import { deviceProblemCode } from "../client/devices";
import { judge } from "../client/probe";
import { apiUrl } from "../client/rpc";
import { levelOf } from "../client/sound";
import { summarize, type LinkStats } from "../client/stats";
import { interviewOf, routeOf } from "../officer/route";

describe("backoff", () => {
  test("grows, and stays well inside the server's grace of 30 s", () => {
    const delays = Array.from({ length: 12 }, (_, attempt) => backoffMs(attempt, 1));
    expect(delays.slice(0, 5)).toEqual([300, 600, 1200, 2400, 4800]);
    expect(Math.max(...delays)).toBe(5000);
  });

  test("is spread over half of it, and never at once", () => {
    expect(backoffMs(0, 0)).toBe(150);
    expect(backoffMs(1000, 0)).toBe(2500);
  });
});

describe("ticket in the fragment", () => {
  const ticket = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF";
  test.each([
    [`#t=${ticket}`, ticket],
    [`#t=${ticket}&utm_source=mail`, ticket],
    [`#x=1&t=${ticket}`, ticket],
    ["", undefined],
    ["#", undefined],
    ["#t=", undefined],
    ["#t=short", undefined],
    [`#t=${ticket}<script>`, undefined],
    [`#t=${"a".repeat(5000)}`, undefined],
    [`#ticket=${ticket}`, undefined],
  ])("%s", (hash, expected) => {
    expect(ticketOf(hash)).toBe(expected);
  });
});

test.each([
  ["#/interview/abc234", "abc234"],
  ["#/interview/../x", null],
  ["#/interview/", null],
  ["", null],
])("the interview in the address %s is %s", (hash, expected) => {
  expect(interviewOf(hash)).toBe(expected);
});

test.each([
  ["#/queue", { view: "queue" }],
  ["#/order/abc234", { view: "order", id: "abc234" }],
  ["#/interview/abc234", { view: "interview", id: "abc234" }],
  ["#/order/", { view: "home" }],
  ["#/nowhere", { view: "home" }],
  ["", { view: "home" }],
])("the address %s shows %o", (hash, expected) => {
  expect(routeOf(hash)).toEqual(expected);
});

test("the API is beside the page, and secure where the page is", () => {
  expect(apiUrl({ protocol: "https:", host: "viva.example" } as Location)).toBe("wss://viva.example/v1/ws");
  expect(apiUrl({ protocol: "http:", host: "127.0.0.1:8080" } as Location)).toBe("ws://127.0.0.1:8080/v1/ws");
});

test.each([
  ["NotAllowedError", "camera", "permission_denied"],
  ["SecurityError", "camera", "permission_denied"],
  ["NotFoundError", "camera", "no_camera"],
  ["NotFoundError", "microphone", "no_microphone"],
  ["NotReadableError", "camera", "device_in_use"],
  ["AbortError", "camera", "device_failed"],
  ["", "camera", "device_failed"],
] as const)("getUserMedia's %s without a %s is %s", (name, missing, expected) => {
  expect(deviceProblemCode(name, missing)).toBe(expected);
});

describe("statistics", () => {
  const report = (bytes: number, timestamp: number) => [
    { id: "p", type: "candidate-pair", timestamp, nominated: true, state: "succeeded", currentRoundTripTime: 0.0234, availableOutgoingBitrate: 2e6 },
    { id: "v", type: "outbound-rtp", kind: "video", timestamp, bytesSent: bytes, frameWidth: 640, frameHeight: 480, framesPerSecond: 30 },
    { id: "a", type: "outbound-rtp", kind: "audio", timestamp, bytesSent: 1 },
    { id: "r", type: "remote-inbound-rtp", kind: "video", timestamp, fractionLost: 0.02 },
  ];

  test("rates come from two reports", () => {
    const first = summarize(report(1000, 10_000), null);
    expect(first.stats.sent?.bitrate_bps).toBe(0);
    const second = summarize(report(501_000, 12_000), first.counters);
    expect(second.stats).toEqual({
      round_trip_ms: 23,
      available_bps: 2e6,
      sent: { bitrate_bps: 2e6, width: 640, height: 480, frames_per_s: 30, loss: 0.02 },
    });
  });

  test("a new connection counts from zero and gives no negative rate", () => {
    expect(summarize(report(10, 12_000), { at_ms: 10_000, bytes: 1000 }).stats.sent?.bitrate_bps).toBe(0);
  });

  test("nothing is known before the first report", () => {
    expect(summarize([], null)).toEqual({ stats: { round_trip_ms: null, available_bps: null, sent: null }, counters: null });
  });
});

test.each<[string, Partial<LinkStats>, string]>([
  ["nothing is measured", {}, "good"],
  ["all is well", { round_trip_ms: 40, available_bps: 2e6 }, "good"],
  ["it is narrow", { available_bps: 300_000 }, "weak"],
  ["it is late", { round_trip_ms: 700 }, "weak"],
  ["it loses packets", { sent: { bitrate_bps: 1e6, width: 1, height: 1, frames_per_s: 1, loss: 0.2 } }, "weak"],
])("the connection when %s", (_, stats, verdict) => {
  expect(judge({ round_trip_ms: null, available_bps: null, sent: null, ...stats })).toBe(verdict);
});

test("the microphone's level: silence, a whisper, full scale", () => {
  const sine = (amplitude: number) => Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 3));
  expect(levelOf(new Float32Array(1024))).toBe(0);
  expect(levelOf(sine(0.01))).toBeGreaterThan(0.2);
  expect(levelOf(sine(1))).toBe(1);
  expect(levelOf(new Float32Array(0))).toBe(0);
});
