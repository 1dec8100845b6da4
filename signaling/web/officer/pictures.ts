/** The captures' files. They need the session's token, so they are fetched and shown from memory. */
import type { Capture } from "../client/api";
import { CredentialStore } from "../client/credentials";
import { Problem, problemOfReply } from "../client/problem";

export interface Picture {
  url: string;
  /** SHA-256 of what arrived, in hex; null where the browser cannot tell. */
  sha256: string | null;
}

export class Pictures {
  readonly #loaded = new Map<string, Promise<Picture>>();
  readonly #urls: string[] = [];

  get(capture: Capture): Promise<Picture> {
    const known = this.#loaded.get(capture.id);
    if (known) return known;
    const loading = this.#load(capture.id);
    this.#loaded.set(capture.id, loading);
    loading.catch(() => this.#loaded.delete(capture.id));
    return loading;
  }

  dispose(): void {
    for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
    this.#loaded.clear();
  }

  async #load(id: string): Promise<Picture> {
    const token = new CredentialStore("officer").load().token ?? "";
    const response = await fetch(`/v1/captures/${encodeURIComponent(id)}`, {
      headers: { Authorization: `Bearer ${token}` },
      cache: "no-store",
    });
    if (!response.ok) throw await refusal(response);
    const bytes = await response.arrayBuffer();
    const url = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    this.#urls.push(url);
    return { url, sha256: await sha256(bytes) };
  }
}

async function refusal(response: Response): Promise<Problem> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return problemOfReply({ code: 0, message: error.message, data: { code: error.code } });
  } catch {
    return new Problem("picture_unavailable", `status ${response.status}`);
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string | null> {
  if (!("subtle" in crypto)) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
