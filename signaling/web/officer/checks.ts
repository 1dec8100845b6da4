/** The mission's face checks as the day page shows them: those that ask for an interview, and those made here. */
import { signal } from "@preact/signals";
import type { NewCheck } from "../client/api";
import type { FaceCheck } from "../client/api_facecheck";
import { Pictures } from "../client/pictures";
import type { OfficerSession } from "./session";

export interface MadeLink {
  check: FaceCheck;
  link: string;
  expires_at: string;
}

/** The newer of the same check, at its place; a new one first. */
export function withCheck(list: readonly FaceCheck[], check: FaceCheck): FaceCheck[] {
  const known = list.find((other) => other.id === check.id);
  if (!known) return [check, ...list].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return known.version > check.version ? [...list] : list.map((other) => (other === known ? check : other));
}

export class FaceChecks {
  readonly list = signal<FaceCheck[] | null>(null);
  readonly opened = signal<FaceCheck | null>(null);
  readonly pictures = new Pictures("officer");

  constructor(private readonly session: OfficerSession) {
    session.rpc.on("facecheck.changed", ({ facecheck }) => this.#adopt(facecheck));
  }

  async refresh(): Promise<void> {
    await this.session.attempt(async () => {
      const { facechecks } = await this.session.rpc.call("facecheck.list", { interview_required: true });
      this.list.value = facechecks;
    });
  }

  /** Null when it failed; what went wrong is told. */
  async create(wanted: NewCheck): Promise<MadeLink | null> {
    let made: MadeLink | null = null;
    await this.session.attempt(async () => {
      const { facecheck, link, expires_at } = await this.session.rpc.call("facecheck.create", wanted);
      made = { check: facecheck, link, expires_at };
    });
    return made;
  }

  clear(): void {
    this.list.value = null;
    this.opened.value = null;
    this.pictures.dispose();
  }

  #adopt(check: FaceCheck): void {
    const list = this.list.peek();
    if (!list) return;
    const rest = list.filter((other) => other.id !== check.id || other.version > check.version);
    this.list.value = check.interview_required ? withCheck(list, check) : rest;
    if (this.opened.peek()?.id === check.id) this.opened.value = check;
  }
}
