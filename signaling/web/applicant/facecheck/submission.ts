/** The applicant's face check as a whole: what the server knows of it, and which step is shown. */
import { batch, computed, effect, signal } from "@preact/signals";
import { MATERIAL_SLOTS, type FaceCheck, type Material, type MaterialSlot, type SkipReason } from "../../client/api_facecheck";
import { tabMark } from "../../client/credentials";
import { LocalMedia } from "../../client/devices";
import { facecheckPath, Pictures } from "../../client/pictures";
import { toProblem, type Problem } from "../../client/problem";
import type { Rpc } from "../../client/rpc";
import { LiveTry } from "./live";
import { Upload } from "../upload/upload";

export const STEPS = [...MATERIAL_SLOTS, "live"] as const;
export type Step = (typeof STEPS)[number];

/** The first step that is not done: nobody can be beyond it. */
export function firstOpenStep(materials: FaceCheck["materials"]): Step {
  return MATERIAL_SLOTS.find((slot) => !materials[slot]?.usable) ?? "live";
}

/** The step to show to somebody who was at `wanted`, which may no longer be reachable. */
export function reachableStep(wanted: Step | null, materials: FaceCheck["materials"]): Step {
  const open = firstOpenStep(materials);
  return wanted !== null && STEPS.indexOf(wanted) <= STEPS.indexOf(open) ? wanted : open;
}

type CheckUpload = Upload<MaterialSlot, Material>;

const isStep = (text: string | null): text is Step => STEPS.some((step) => step === text);

export class Submission {
  readonly check;
  readonly local = new LocalMedia({ microphone: false });
  readonly live: LiveTry;
  readonly pictures = new Pictures("applicant");
  readonly uploads: Record<MaterialSlot, CheckUpload>;
  /** Of the last thing that was tried. */
  readonly problem = signal<Problem | null>(null);
  readonly step;

  readonly #wanted;
  readonly #stops: (() => void)[];

  constructor(
    private readonly rpc: Rpc,
    check: FaceCheck,
  ) {
    this.check = signal(check);
    this.live = new LiveTry(rpc, this.local);
    const kept = tabMark.get(`step.${check.id}`);
    this.#wanted = signal<Step>(reachableStep(isStep(kept) ? kept : null, check.materials));
    tabMark.set(`step.${check.id}`, this.#wanted.peek()); // a picture that is handed in leads nobody on by itself
    this.step = computed<Step>(() => reachableStep(this.#wanted.value, this.check.value.materials));
    const upload = (slot: MaterialSlot): CheckUpload =>
      new Upload({ slot, sender: "applicant", path: facecheckPath(check.id, slot) }, (material) => this.#stored(slot, material));
    this.uploads = { portrait: upload("portrait"), page: upload("page") };
    this.#stops = [
      rpc.on("facecheck.changed", ({ facecheck }) => this.adopt(facecheck)),
      rpc.on("facecheck.result", ({ facecheck }) => this.adopt(facecheck)),
      effect(() => {
        if (this.check.value.state !== "open" || this.step.value !== "live") this.local.close();
      }),
    ];
  }

  /** The connection is new: a try that was running is over. */
  rejoined(check: FaceCheck): void {
    this.live.lost();
    this.adopt(check);
  }

  adopt(check: FaceCheck): void {
    const known = this.check.peek();
    if (known.id === check.id && known.version <= check.version) this.check.value = check;
  }

  go(step: Step): void {
    batch(() => {
      this.live.result.value = null;
      this.live.problem.value = null;
      this.problem.value = null;
      this.#wanted.value = step;
    });
    tabMark.set(`step.${this.check.peek().id}`, step);
  }

  async skip(reason: SkipReason): Promise<boolean> {
    this.live.interrupt(null);
    this.problem.value = null;
    try {
      this.adopt(await this.rpc.call("facecheck.skip", { reason }));
      return true;
    } catch (error) {
      this.problem.value = toProblem(error);
      return false;
    }
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const slot of MATERIAL_SLOTS) this.uploads[slot].cancel();
    this.live.dispose();
    this.local.close();
    this.pictures.dispose();
  }

  /* What else changed with it (whether a try may start) only the server knows. */
  #stored(slot: MaterialSlot, material: Material | null): void {
    const check = this.check.peek();
    this.check.value = { ...check, materials: { ...check.materials, [slot]: material } };
    this.rpc.call("facecheck.get", {}).then(
      (fresh) => this.adopt(fresh),
      () => undefined, // it comes with the next change, or the next connection
    );
  }
}
