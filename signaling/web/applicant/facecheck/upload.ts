/** One of the two pictures on its way to the server. */
import { batch, signal } from "@preact/signals";
import type { Material, MaterialSlot, Reason } from "../../client/api_facecheck";
import { facecheckPath } from "../../client/pictures";
import { PICTURE_BYTES_MAX, shrink, suitability } from "../../client/shrink";
import { Refused, removePicture, sendPicture } from "../../client/upload";

export type UploadState =
  | { state: "idle" }
  /** `sent` in 0..1; at 1 the server looks at it. */
  | { state: "sending"; sent: number; preview: string }
  /** Not as the rules say; its owner may have a copy made of it. */
  | { state: "unfit"; why: "too_large" | "other_type"; file: Blob; failed: boolean }
  | { state: "no_picture" }
  | { state: "refused"; reason: Reason };

export class Upload {
  readonly status = signal<UploadState>({ state: "idle" });
  #sending: AbortController | null = null;
  #preview = "";

  constructor(
    private readonly id: string,
    readonly slot: MaterialSlot,
    private readonly changed: (material: Material | null) => void,
  ) {}

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
      await removePicture(facecheckPath(this.id, this.slot));
      this.changed(null);
    } catch (error) {
      this.#refuse(error);
    }
  }

  cancel(): void {
    this.#sending?.abort();
    this.#end({ state: "idle" });
  }

  async #send(jpeg: Blob): Promise<void> {
    const sending = new AbortController();
    this.#sending = sending;
    const preview = URL.createObjectURL(jpeg);
    this.#preview = preview;
    const show = (sent: number): void => {
      if (this.#sending === sending) this.status.value = { state: "sending", sent, preview };
    };
    show(0);
    try {
      const material = await sendPicture(facecheckPath(this.id, this.slot), jpeg, show, sending.signal);
      if (this.#sending !== sending) return;
      batch(() => {
        this.#end({ state: "idle" });
        this.changed(material);
      });
    } catch (error) {
      if (this.#sending === sending) this.#refuse(error);
    }
  }

  #refuse(error: unknown): void {
    const reason = error instanceof Refused ? error.reason : { code: "unexpected", message: String(error) };
    this.#end({ state: "refused", reason });
  }

  #end(status: UploadState): void {
    this.#sending = null;
    if (this.#preview !== "") URL.revokeObjectURL(this.#preview);
    this.#preview = "";
    this.status.value = status;
  }
}
