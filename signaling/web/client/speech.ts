/** What is asked of the person, spoken by the browser itself: nothing is sent anywhere for it by this page. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { preference } from "./credentials";
import type { Language } from "./language";

const TAG: Record<Language, string> = { "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", en: "en-US" };

const wanted = signal(preference.get("speech") !== "off");
export const speechOn: ReadonlySignal<boolean> = wanted;

const synthesis = (): SpeechSynthesis | null => ("speechSynthesis" in window ? window.speechSynthesis : null);

interface VoiceLike {
  lang: string;
  localService: boolean;
}

/** The voice for a language: one on this device first. Underscores are Android's spelling; zh-HK and zh-TW read
 * other words aloud than a reader of zh-Hans expects, so the tag's own region comes first. */
export function pickVoice<V extends VoiceLike>(voices: readonly V[], tag: string): V | null {
  const full = tag.toLowerCase();
  const primary = full.split("-")[0] ?? full;
  const spelled = (voice: V): string => voice.lang.toLowerCase().replace("_", "-");
  const of = voices.filter((voice) => spelled(voice).split("-")[0] === primary);
  const rank = (voice: V): number => (spelled(voice) === full ? 0 : 2) + (voice.localService ? 0 : 1);
  return [...of].sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** Whether this browser can speak the language. Some tell their voices late or never: then it is worth trying. */
export function canSpeak(language: Language): boolean {
  const voices = synthesis()?.getVoices();
  return voices !== undefined && (voices.length === 0 || pickVoice(voices, TAG[language]) !== null);
}

export function setSpeech(on: boolean): void {
  wanted.value = on;
  preference.set("speech", on ? "on" : "off");
  if (!on) hush();
}

/** Says it now, instead of what is being said. The first time must be from a click: phones are silent otherwise. */
export function say(text: string, language: Language): void {
  const speaker = synthesis();
  if (!speaker || !wanted.peek() || !canSpeak(language)) return;
  speaker.cancel();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = TAG[language];
  utterance.voice = pickVoice(speaker.getVoices(), TAG[language]);
  speaker.speak(utterance);
}

export function hush(): void {
  synthesis()?.cancel();
}
