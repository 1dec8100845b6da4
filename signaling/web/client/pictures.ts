/** Pictures from the server. They need the session's token, so they are fetched and shown from memory. */
import type { PageName } from "./credentials";
import { fetchFile } from "./files";

export interface Picture {
  url: string;
  /** SHA-256 of what arrived, in hex; null where the browser cannot tell. */
  sha256: string | null;
}

export class Pictures {
  readonly #loaded = new Map<string, Promise<Picture>>();
  readonly #urls: string[] = [];

  constructor(private readonly page: PageName) {}

  /** The picture at `path`, loaded once; another `version` of it is another picture. */
  get(path: string, version = ""): Promise<Picture> {
    const key = `${path} ${version}`;
    const known = this.#loaded.get(key);
    if (known) return known;
    const loading = this.#load(path);
    this.#loaded.set(key, loading);
    loading.catch(() => this.#loaded.delete(key));
    return loading;
  }

  dispose(): void {
    for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
    this.#loaded.clear();
  }

  async #load(path: string): Promise<Picture> {
    const response = await fetchFile(this.page, path, "picture_unavailable");
    const bytes = await response.arrayBuffer();
    const url = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    this.#urls.push(url);
    return { url, sha256: await sha256(bytes) };
  }
}

export const capturePath = (id: string): string => `/v1/captures/${encodeURIComponent(id)}`;
/** Of an order; with a width: a thumbnail. */
export const materialPath = (orderId: string, slot: string, width?: number): string =>
  `/v1/orders/${encodeURIComponent(orderId)}/materials/${slot}${width === undefined ? "" : `?width=${width}`}`;
export const facecheckPath = (id: string, what: string): string => `/v1/facechecks/${encodeURIComponent(id)}/${what}`;

async function sha256(bytes: ArrayBuffer): Promise<string | null> {
  if (!("subtle" in crypto)) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
