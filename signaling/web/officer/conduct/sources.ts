/** The pictures there are to compare, and which three stand side by side unless the officer chooses others. */
import type { Capture } from "../../client/api";
import type { FaceCheck } from "../../client/api_facecheck";
import type { Order } from "../../client/api_order";
import { messages } from "../../client/i18n";
import { capturePath, facecheckPath, materialPath } from "../../client/pictures";
import type { PicturePlace } from "../evidence";

export const PANES = ["portrait", "page", "live"] as const;
export type PaneName = (typeof PANES)[number];

export interface Source {
  id: string;
  name: string;
  /** The pane in which it is looked for. */
  pane: PaneName;
  place: PicturePlace;
}

export function ofCheck(check: FaceCheck): Source[] {
  const m = messages.value.desk.compare;
  const { portrait, page } = check.materials;
  const sources: Source[] = [];
  const add = (id: string, name: string, pane: PaneName, what: string, version?: string): void =>
    void sources.push({ id: `${check.id}-${id}`, name, pane, place: { path: facecheckPath(check.id, what), ...(version === undefined ? {} : { version }) } });
  if (portrait) add("portrait", m.portrait, "portrait", "portrait", portrait.uploaded_at);
  if (page?.usable === true) add("page-portrait", m.pagePortrait, "page", "page-portrait", page.uploaded_at);
  if (page) add("page", m.page, "page", "page", page.uploaded_at);
  if (check.last_try) add("frame", m.frame, "live", `tries/${encodeURIComponent(check.last_try.id)}/frame`);
  return sources;
}

export function ofOrder(order: Order): Source[] {
  const m = messages.value;
  return order.materials.flatMap(({ slot, uploaded_at }) => {
    if (uploaded_at === null) return [];
    const name = m.desk.compare.material({ name: m.review.slots[slot] });
    const pane = slot === "portrait" ? "portrait" : "page";
    return [{ id: `order-${slot}`, name, pane, place: { path: materialPath(order.id, slot), version: uploaded_at } }];
  });
}

export function ofCapture(capture: Capture, partyName: string): Source {
  const m = messages.value;
  const name = m.desk.compare.capture({ seq: capture.seq, kind: m.kinds[capture.kind], name: partyName });
  return { id: capture.id, name, pane: capture.kind === "face" ? "live" : "page", place: { path: capturePath(capture.id) } };
}

/** What a pane shows: what was chosen for it, else the best of its own. Live: the newest still; the others: what was
 * handed in, before what was held into the camera. */
export function sourceOf(pane: PaneName, chosen: string | null, sources: readonly Source[]): Source | null {
  const wanted = sources.find((source) => source.id === chosen);
  if (wanted) return wanted;
  const own = sources.filter((source) => source.pane === pane);
  return (pane === "live" ? own[own.length - 1] : own[0]) ?? null;
}
