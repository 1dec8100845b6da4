/** The mission's officers, as whoever wants one of them sees them. */
import { computed, signal } from "@preact/signals";
import type { Colleague } from "../../client/api_review";
import type { OfficerSession } from "../session";

export class Colleagues {
  readonly list = signal<Colleague[]>([]);
  /** Here and not in a call; oneself is none. */
  readonly free = computed(() => this.list.value.filter((one) => one.present && !one.in_call && !one.you));

  constructor(private readonly session: OfficerSession) {}

  /** Asked for when it is wanted: who is here changes all the time. */
  async refresh(): Promise<void> {
    await this.session.attempt(async () => {
      const { officers } = await this.session.rpc.call("officer.list", {});
      this.list.value = officers;
    });
  }

  clear(): void {
    this.list.value = [];
  }
}
