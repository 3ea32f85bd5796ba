/** Which faults of a profile are on, told the time: begins and ends them while there is traffic, and lists what was done. Touches no byte and no port. */
import { type Duration, earlier, type Instant, SECOND } from '../base/instant.ts';

/** What can be done to the near end's line on purpose. */
export const FAULT_KINDS = ['cut', 'pause', 'noise', 'break', 'dtr', 'rts'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Faults that the port carries out: whoever drives the end does it. */
export const PORT_FAULTS: ReadonlySet<unknown> = new Set<FaultKind>(['break', 'dtr', 'rts']);

/** Faults that are listed one by one; further ones are in the journal. */
const LISTED_MAX = 1_000;

/** A fault as the profile plans it; lengths of time in microseconds. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** From the beginning of the traffic. */
  readonly at: Duration;
  readonly length: Duration;
  /** From one beginning to the next; once only without it. */
  readonly every?: Duration;
  /** Of `noise`: the share of bits that are inverted, 0..0.5. */
  readonly bitErrorRatio?: number;
}

/** A fault that was injected: when, in seconds since the traffic began, and for how many seconds; `null` while it is on. */
export interface InjectedFault {
  readonly fault: FaultKind;
  readonly at: number;
  readonly seconds: number | null;
  /** Where the port cannot do it. */
  readonly refused?: true;
}

/** A fault has begun or ended. */
export interface FaultChange {
  readonly planned: PlannedFault;
  readonly isOn: boolean;
}

interface Slot {
  readonly planned: PlannedFault;
  /** When it begins next; `undefined` when never again. */
  beginsAt: Instant | undefined;
  /** When it ends; `undefined` while it is not on. */
  endsAt: Instant | undefined;
  /** Its place in the list, while it is on and was listed. */
  listed: number | undefined;
}

/** See the head of the file. */
export class FaultSchedule {
  readonly #slots: readonly Slot[];
  readonly #injected: InjectedFault[] = [];
  #count = 0;
  #origin: Instant | undefined;

  constructor(faults: readonly PlannedFault[]) {
    this.#slots = faults.map((planned) => ({
      planned,
      beginsAt: undefined,
      endsAt: undefined,
      listed: undefined,
    }));
  }

  /** Whether the line is dead at this end. */
  get isCut(): boolean {
    return this.#isOn('cut');
  }

  /** Whether no new messages are sent. */
  get isPaused(): boolean {
    return this.#isOn('pause');
  }

  /** The share of bits to be inverted, 0 without noise. */
  get bitErrorRatio(): number {
    const ratios = this.#slots.map(({ planned, endsAt }) =>
      endsAt === undefined ? 0 : (planned.bitErrorRatio ?? 0),
    );
    return Math.max(0, ...ratios);
  }

  /** How many faults have begun. */
  get count(): number {
    return this.#count;
  }

  /** The first {@link LISTED_MAX} of them. */
  get injected(): readonly InjectedFault[] {
    return this.#injected;
  }

  /** Between {@link begin} and {@link end}. */
  get isRunning(): boolean {
    return this.#origin !== undefined;
  }

  /** The traffic begins. */
  begin(now: Instant): void {
    this.#origin = now;
    for (const slot of this.#slots) slot.beginsAt = now + slot.planned.at;
  }

  /** The traffic is over: what is on ends, nothing more begins. */
  end(now: Instant): FaultChange[] {
    const changes = this.#slots
      .filter(({ endsAt }) => endsAt !== undefined)
      .map((slot) => this.#switchOff(slot, now));
    for (const slot of this.#slots) slot.beginsAt = undefined;
    this.#origin = undefined;
    return changes;
  }

  /** When {@link expire} is next wanted. */
  get deadline(): Instant | undefined {
    let first: Instant | undefined;
    for (const { beginsAt, endsAt } of this.#slots) first = earlier(first, endsAt ?? beginsAt);
    return first;
  }

  /** What has begun and ended by `now`. */
  expire(now: Instant): FaultChange[] {
    const changes: FaultChange[] = [];
    for (const slot of this.#slots) {
      if (slot.endsAt !== undefined && now >= slot.endsAt) changes.push(this.#switchOff(slot, now));
      if (slot.endsAt === undefined && slot.beginsAt !== undefined && now >= slot.beginsAt) {
        changes.push(this.#switchOn(slot, now));
      }
    }
    return changes;
  }

  /** The port cannot do what was begun last of `kind`. */
  refuse(kind: unknown): void {
    const last = this.#injected.findLastIndex(({ fault }) => fault === kind);
    const begun = this.#injected[last];
    if (begun !== undefined) this.#injected[last] = { ...begun, refused: true };
  }

  #isOn(kind: FaultKind): boolean {
    return this.#slots.some(({ planned, endsAt }) => planned.kind === kind && endsAt !== undefined);
  }

  #switchOn(slot: Slot, now: Instant): FaultChange {
    const { planned } = slot;
    slot.endsAt = now + planned.length;
    slot.beginsAt = onward(slot.beginsAt ?? now, planned.every, slot.endsAt);
    this.#count++;
    if (this.#injected.length < LISTED_MAX) {
      slot.listed = this.#injected.push({ fault: planned.kind, at: this.#seconds(now), seconds: null }) - 1;
    }
    return { planned, isOn: true };
  }

  #switchOff(slot: Slot, now: Instant): FaultChange {
    const { planned, listed } = slot;
    slot.endsAt = undefined;
    slot.listed = undefined;
    const begun = listed === undefined ? undefined : this.#injected[listed];
    if (listed !== undefined && begun !== undefined) {
      this.#injected[listed] = { ...begun, seconds: thousandths(this.#seconds(now) - begun.at) };
    }
    return { planned, isOn: false };
  }

  #seconds(now: Instant): number {
    return thousandths(Math.max(0, now - (this.#origin ?? now)) / SECOND);
  }
}

/** Seconds to the millisecond: a timer tells no more. */
function thousandths(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}

/** When a fault that began at `last` begins again, once the present one is over at `free`; a repetition that falls into it is left out. */
function onward(last: Instant, every: Duration | undefined, free: Instant): Instant | undefined {
  if (every === undefined) return undefined;
  return last + every * Math.max(1, Math.ceil((free - last) / every));
}
