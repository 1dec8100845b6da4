/** The details form, saved as one goes. What is being typed is never overwritten by what the server says. */
import { batch, computed, signal, type Signal } from "@preact/signals";
import type { Order, OrderField } from "../../client/api_order";
import { Problem, toProblem } from "../../client/problem";

export type Saving = "saved" | "waiting" | "saving" | "failed";
type Values = Partial<Record<OrderField, string>>;

const PAUSE_MS = 800;

/** A field as the order has it; an empty text: not filled in. */
export function valueOf(order: Order, field: OrderField): string {
  const { applicant, details } = order;
  const values: Record<OrderField, string | null> = {
    relation: applicant.relation,
    issue: order.issue,
    condition: order.condition,
    applicant_name: applicant.name,
    applicant_name_latin: applicant.name_latin,
    birth_date: applicant.birth_date,
    sex: applicant.sex,
    document_number: details.document_number,
    expiry_date: details.expiry_date,
    region: details.region,
    address: details.address,
    phone: details.phone,
    guardian_name: details.guardian_name,
    note: details.note,
  };
  return values[field] ?? "";
}

export interface DetailsPort {
  order(): Order;
  update(version: number, values: Values): Promise<Order>;
  reload(): Promise<Order>;
  taken(order: Order): void;
}

export class Details {
  /** Typed and not yet with the server. */
  readonly typed: Signal<Values> = signal({});
  /** Refused by the server, with the value that it was. */
  readonly refused: Signal<Values> = signal({});
  readonly state = signal<Saving>("saved");
  readonly problem = signal<Problem | null>(null);
  readonly changedElsewhere = signal(false);
  readonly pending = computed(() => Object.keys(this.typed.value).length > 0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;

  constructor(private readonly port: DetailsPort) {}

  value(order: Order, field: OrderField): string {
    return this.typed.value[field] ?? this.refused.value[field] ?? valueOf(order, field);
  }

  enter(field: OrderField, value: string): void {
    const { [field]: _, ...refused } = this.refused.peek();
    batch(() => {
      this.typed.value = { ...this.typed.peek(), [field]: value };
      this.refused.value = refused;
      this.state.value = "waiting";
    });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), PAUSE_MS);
  }

  /** Resolves when nothing typed is left to be sent, or it could not be. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running ??= this.#saveAll().finally(() => (this.#running = null));
    return this.#running;
  }

  async #saveAll(): Promise<void> {
    while (this.pending.peek()) {
      this.state.value = "saving";
      const sent = this.typed.peek();
      try {
        await this.#send(sent, true);
      } catch (error) {
        if (!this.#putAside(sent, toProblem(error))) return;
      }
    }
    this.state.value = Object.keys(this.refused.peek()).length > 0 ? "failed" : "saved";
  }

  async #send(sent: Values, again: boolean): Promise<void> {
    try {
      const order = await this.port.update(this.port.order().version, trimmed(sent));
      batch(() => {
        this.#forget(sent);
        this.problem.value = null;
        this.port.taken(order);
      });
    } catch (error) {
      if (!again || toProblem(error).code !== "conflict") throw error;
      this.port.taken(await this.port.reload());
      this.changedElsewhere.value = true;
      await this.#send(sent, false);
    }
  }

  /** A value that the server refuses stays in its field with a hint, and the others go on. False: nothing can be sent. */
  #putAside(sent: Values, problem: Problem): boolean {
    const field = problem.code === "invalid_params" ? fieldOf(problem, sent) : null;
    if (field === null) {
      this.problem.value = problem;
      this.state.value = "failed";
      return false;
    }
    batch(() => {
      if (this.typed.peek()[field] === sent[field]) this.refused.value = { ...this.refused.peek(), [field]: sent[field] ?? "" };
      this.#forget({ [field]: sent[field] ?? "" });
    });
    return true;
  }

  /** What was typed after it was sent stays. */
  #forget(sent: Values): void {
    const left = Object.entries(this.typed.peek()).filter(([field, value]) => sent[field as OrderField] !== value);
    this.typed.value = Object.fromEntries(left);
  }
}

const trimmed = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, value.trim()]));

/** Which of the values was refused: the server names it. */
function fieldOf(problem: Problem, sent: Values): OrderField | null {
  const named = (problem.data as { field?: unknown }).field;
  const fields = Object.keys(sent) as OrderField[];
  return fields.find((field) => field === named) ?? (fields.length === 1 ? (fields[0] ?? null) : null);
}
