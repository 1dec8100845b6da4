/** One picture on its way to the server. */
import { batch, signal } from "@preact/signals";
import type { Reason } from "../../client/api_facecheck";
import { PICTURE_BYTES_MAX, shrink, suitability } from "../../client/shrink";
import { arrivedOf, Refused, removePicture, sendPicture, type Sender } from "../../client/upload";

export type UploadState =
  | { state: "idle" }
  /** `sent` in 0..1; at 1 the server looks at it. */
  | { state: "sending"; sent: number; preview: string }
  /** Not as the rules say; its owner may have a copy made of it. */
  | { state: "unfit"; why: "too_large" | "other_type"; file: Blob; failed: boolean }
  | { state: "no_picture" }
  /** Broken off on its way; what arrived is kept, and it can go on. */
  | { state: "lost"; sent: number }
  | { state: "refused"; reason: Reason };

interface Target<S extends string> {
  slot: S;
  path: string;
  sender: Sender;
  /** The server keeps what has arrived when the connection breaks off. */
  resumable?: boolean;
}

export class Upload<S extends string, M> {
  readonly slot: S;
  readonly status = signal<UploadState>({ state: "idle" });
  #sending: AbortController | null = null;
  #preview = "";

  #lost: Blob | null = null;

  constructor(
    private readonly target: Target<S>,
    private readonly changed: (material: M | null) => void,
  ) {
    this.slot = target.slot;
  }

  /** A file was chosen. */
  async take(file: Blob): Promise<void> {
    this.cancel();
    const fit = await suitability(file);
    if (fit === "fits") return this.#send(file);
    this.status.value = fit === "no_picture" ? { state: "no_picture" } : { state: "unfit", why: fit, file, failed: false };
  }

  /** The owner agreed to a smaller copy. */
  async takeSmaller(): Promise<void> {
    const before = this.status.peek();
    if (before.state !== "unfit") return;
    const smaller = await shrink(before.file);
    if (this.status.peek() !== before) return;
    if (smaller && smaller.size <= PICTURE_BYTES_MAX) await this.#send(smaller);
    else this.status.value = { ...before, failed: true };
  }

  async remove(): Promise<void> {
    this.cancel();
    try {
      await removePicture(this.target.sender, this.target.path);
      this.changed(null);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Sends what has not arrived of a picture that was broken off. */
  async goOn(): Promise<void> {
    const jpeg = this.#lost;
    if (!jpeg || this.status.peek().state !== "lost") return;
    await this.#send(jpeg, await arrivedOf(this.target.sender, this.target.path, jpeg.size));
  }

  cancel(): void {
    this.#sending?.abort();
    this.#end({ state: "idle" });
  }

  async #send(jpeg: Blob, from?: number): Promise<void> {
    const sending = new AbortController();
    this.#sending = sending;
    const preview = URL.createObjectURL(jpeg);
    this.#preview = preview;
    const show = (sent: number): void => {
      if (this.#sending === sending) this.status.value = { state: "sending", sent, preview };
    };
    const begin = from ?? (this.target.resumable ? 0 : undefined);
    show((begin ?? 0) / jpeg.size);
    try {
      const material = await sendPicture<M>(this.target.sender, this.target.path, jpeg, show, sending.signal, begin);
      if (this.#sending !== sending) return;
      batch(() => {
        this.#end({ state: "idle" });
        this.changed(material);
      });
    } catch (error) {
      if (this.#sending !== sending) return;
      if (this.target.resumable && error instanceof Refused && error.reason.code === "upload_failed") await this.#lose(jpeg, sending);
      else this.#refuse(error);
    }
  }

  async #lose(jpeg: Blob, sending: AbortController): Promise<void> {
    const arrived = await arrivedOf(this.target.sender, this.target.path, jpeg.size);
    if (this.#sending !== sending) return;
    this.#end({ state: "lost", sent: arrived / jpeg.size });
    this.#lost = jpeg;
  }

  #refuse(error: unknown): void {
    const reason = error instanceof Refused ? error.reason : { code: "unexpected", message: String(error) };
    this.#end({ state: "refused", reason });
  }

  #end(status: UploadState): void {
    this.#sending = null;
    this.#lost = null;
    if (this.#preview !== "") URL.revokeObjectURL(this.#preview);
    this.#preview = "";
    this.status.value = status;
  }
}
