/** What is heard without media from the server: the ring tone, and the level of the own microphone.
 *
 * One AudioContext for the page. Browsers keep it silent until the reader has touched the page. */
import { signal, type ReadonlySignal } from "@preact/signals";

let context: AudioContext | undefined;
const running = signal(false);

/** Whether the page may make sound now. */
export const soundAllowed: ReadonlySignal<boolean> = running;

function audio(): AudioContext {
  if (!context) {
    const made = new AudioContext();
    made.onstatechange = () => (running.value = made.state === "running");
    running.value = made.state === "running";
    context = made;
  }
  return context;
}

/** Call it from a click or key handler. */
export function allowSound(): void {
  void audio()
    .resume()
    .catch(() => undefined);
}

const TONE_S = 0.4;
const RING_PERIOD_MS = 3000;

/** Two soft double tones every three seconds; returns how to stop. */
export function ring(): () => void {
  const out = audio();
  allowSound();
  let playing: OscillatorNode[] = [];
  const play = (): void => {
    if (out.state !== "running") return;
    playing = [0, 0.55].flatMap((start) => [tone(out, 660, start), tone(out, 880, start + 0.12)]);
  };
  play();
  const timer = setInterval(play, RING_PERIOD_MS);
  const vibrate = (): void => void navigator.vibrate?.([400, 200, 400]);
  vibrate();
  const shaking = setInterval(vibrate, RING_PERIOD_MS);
  return () => {
    clearInterval(timer);
    clearInterval(shaking);
    navigator.vibrate?.(0);
    for (const oscillator of playing) oscillator.stop();
  };
}

function tone(out: AudioContext, hertz: number, delayS: number): OscillatorNode {
  const oscillator = new OscillatorNode(out, { frequency: hertz, type: "sine" });
  const gain = new GainNode(out, { gain: 0 });
  const start = out.currentTime + delayS;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.18, start + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
  oscillator.connect(gain).connect(out.destination);
  oscillator.start(start);
  oscillator.stop(start + TONE_S);
  return oscillator;
}

/** Root mean square of samples in -1..1 as a level in 0..1, on a decibel scale as the ear hears it. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}

/** Tells the microphone's level some ten times a second; returns how to stop. */
export function meter(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const source = audio().createMediaStreamSource(stream);
  const analyser = new AnalyserNode(audio(), { fftSize: 1024 });
  source.connect(analyser);
  allowSound();
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(levelOf(samples));
  }, 90);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}
