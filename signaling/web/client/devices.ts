/** Camera and microphone of this device, or its camera alone. */
import { computed, signal } from "@preact/signals";
import type { CameraState, MicrophoneState } from "./api";
import { Problem, type ProblemCode } from "./problem";

const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30, max: 30 },
};

/** What this browser lacks for a call; null when it can. */
export function browserProblem(): ProblemCode | null {
  if (!window.isSecureContext) return "insecure_context";
  const able =
    "RTCPeerConnection" in window &&
    "RTCRtpTransceiver" in window &&
    navigator.mediaDevices !== undefined &&
    "WebSocket" in window &&
    typeof HTMLDialogElement === "function";
  return able ? null : "browser_too_old";
}

/** The reasons that getUserMedia gives, as ours (Media Capture and Streams, §10.2.1). */
export function deviceProblemCode(errorName: string, missing: "camera" | "microphone"): ProblemCode {
  switch (errorName) {
    case "NotAllowedError":
    case "SecurityError":
      return "permission_denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return missing === "camera" ? "no_camera" : "no_microphone";
    case "NotReadableError":
      return "device_in_use";
    default:
      return "device_failed";
  }
}

async function toDeviceProblem(error: unknown, cameraAlone: boolean): Promise<Problem> {
  if (error instanceof Problem) return error;
  const name = error instanceof Error ? error.name : "";
  if (cameraAlone) {
    const code = deviceProblemCode(name, "camera");
    return new Problem(code === "permission_denied" ? "camera_denied" : code, `getUserMedia: ${name}`);
  }
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const hasCamera = devices.some((device) => device.kind === "videoinput");
  return new Problem(deviceProblemCode(name, hasCamera ? "microphone" : "camera"), `getUserMedia: ${name}`);
}

export class LocalMedia {
  /** The tracks as they are now; replaced whenever a track is. */
  readonly stream = signal<MediaStream | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly opening = signal(false);
  readonly microphoneOn = signal(true);
  readonly cameraOn = signal(true);
  readonly cameras = signal<MediaDeviceInfo[]>([]);
  /** Only pictures of the person are mirrored, not those of a document before the back camera. */
  readonly facesUser = signal(true);

  readonly #audio: MediaTrackConstraints | null;

  /** Without a microphone, only the camera is asked for. */
  constructor({ microphone }: { microphone: boolean } = { microphone: true }) {
    this.#audio = microphone ? AUDIO : null;
  }

  readonly microphone = computed<MicrophoneState>(() =>
    this.stream.value?.getAudioTracks().length ? (this.microphoneOn.value ? "on" : "muted") : "none",
  );
  readonly camera = computed<CameraState>(() =>
    this.stream.value?.getVideoTracks().length ? (this.cameraOn.value ? "on" : "off") : "none",
  );

  /** Opens what there is; `problem` says what is missing. Camera and microphone are asked for together, so that the
   * browser asks once; if that fails, whichever works alone is taken. */
  async open(): Promise<void> {
    if (this.stream.peek() || this.opening.peek()) return;
    this.opening.value = true;
    this.problem.value = null;
    try {
      const audio = this.#audio ? { audio: this.#audio } : {};
      this.#adopt(await this.#get({ ...audio, video: { ...VIDEO, facingMode: "user" } }));
    } catch (error) {
      this.problem.value = await toDeviceProblem(error, !this.#audio);
      if (this.#audio && this.problem.peek()?.code !== "permission_denied") {
        const partial = await this.#get({ audio: AUDIO }).catch(() => this.#get({ video: VIDEO }).catch(() => null));
        if (partial) this.#adopt(partial);
      }
    } finally {
      this.opening.value = false;
    }
  }

  close(): void {
    this.stream.peek()?.getTracks().forEach(stop);
    this.stream.value = null;
  }

  async reopen(): Promise<void> {
    this.close();
    await this.open();
  }

  setMicrophone(on: boolean): void {
    this.microphoneOn.value = on;
    for (const track of this.stream.peek()?.getAudioTracks() ?? []) track.enabled = on;
  }

  setCamera(on: boolean): void {
    this.cameraOn.value = on;
    for (const track of this.stream.peek()?.getVideoTracks() ?? []) track.enabled = on;
  }

  /** The next camera. The present one is stopped first: many phones cannot open two. */
  async nextCamera(): Promise<void> {
    const stream = this.stream.peek();
    const old = stream?.getVideoTracks()[0];
    const cameras = this.cameras.peek();
    if (!stream || cameras.length < 2) return;
    const index = cameras.findIndex((camera) => camera.deviceId === old?.getSettings().deviceId);
    const order = [...cameras.slice(index + 1), ...cameras.slice(0, index + 1)];
    old?.stop();
    for (const camera of order) {
      try {
        const fresh = await this.#get({ video: { ...VIDEO, deviceId: { exact: camera.deviceId } } });
        this.#adopt(new MediaStream([...stream.getAudioTracks(), ...fresh.getVideoTracks()]));
        return;
      } catch (error) {
        this.problem.value = await toDeviceProblem(error, !this.#audio);
      }
    }
  }

  async #get(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return navigator.mediaDevices.getUserMedia(constraints);
  }

  #adopt(stream: MediaStream): void {
    for (const track of stream.getAudioTracks()) {
      track.contentHint = "speech";
      track.enabled = this.microphoneOn.peek();
      track.onended = () => this.#lost(stream);
    }
    for (const track of stream.getVideoTracks()) {
      track.enabled = this.cameraOn.peek();
      track.onended = () => this.#lost(stream);
      this.facesUser.value = track.getSettings().facingMode !== "environment";
    }
    const heard = !this.#audio || stream.getAudioTracks().length > 0;
    if (heard && stream.getVideoTracks().length > 0) this.problem.value = null;
    this.stream.value = stream;
    void navigator.mediaDevices.enumerateDevices().then((devices) => {
      this.cameras.value = devices.filter((device) => device.kind === "videoinput" && device.deviceId !== "");
    });
  }

  /** A device was unplugged, or the permission withdrawn. */
  #lost(stream: MediaStream): void {
    if (this.stream.peek() !== stream) return;
    this.close();
    this.problem.value = new Problem("device_failed", "a track ended");
  }
}

function stop(track: MediaStreamTrack): void {
  track.onended = null;
  track.stop();
}
