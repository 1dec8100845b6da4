/** Which of the hints to a party are likely to be the ones wanted now. */
import type { Quality } from "../../client/api";
import { CALL_HINTS, type CallHint } from "../../client/api_review";
import type { SentMedia } from "../../client/room";

/** What the party's own device tells us is off. */
export function urgentHints(sent: SentMedia | undefined): CallHint[] {
  const hints: CallHint[] = [];
  if (sent?.microphone === "muted") hints.push("unmute");
  if (sent?.camera === "off") hints.push("camera_on");
  return hints;
}

/** All that make sense: nobody is told to switch on what is on. */
export function possibleHints(sent: SentMedia | undefined): CallHint[] {
  const urgent = urgentHints(sent);
  const rest = CALL_HINTS.filter((hint) => {
    if (hint === "unmute") return sent === undefined || sent.microphone === "none";
    if (hint === "camera_on") return sent === undefined || sent.camera === "none";
    if (hint === "speak_up") return sent?.microphone !== "muted";
    return sent?.camera !== "off";
  });
  return [...urgent, ...rest.filter((hint) => !urgent.includes(hint))];
}

/** What is wrong with how a party is connected, worst first; for words beside their name. */
export type Trouble = "away" | "lost" | "poor" | "muted" | "camera_off" | "no_microphone" | "no_camera";

export function troubles(media: string, sent: SentMedia | undefined, quality: Quality | undefined): Trouble[] {
  const found: Trouble[] = [];
  if (media === "away") found.push("away");
  else if (quality?.level === "lost" || quality?.level === "poor") found.push(quality.level);
  if (sent?.microphone === "muted") found.push("muted");
  if (sent?.microphone === "none") found.push("no_microphone");
  if (sent?.camera === "off") found.push("camera_off");
  if (sent?.camera === "none") found.push("no_camera");
  return found;
}
