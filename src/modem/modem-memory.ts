/** What an emulated modem remembers: settings, registers, profiles, numbers. Says and does nothing. */
import { BASIC_COMMANDS, EXTENDED_COMMANDS } from './command-table.ts';
import type { EscapeRegisters } from './escape-detector.ts';
import { Registers } from './s-registers.ts';

/** Profiles that &W stores and Z recalls. */
const PROFILES = 2;
/** Numbers that &Zn= stores and DS=n dials. */
export const STORED_NUMBERS = 4;

type Values = readonly (string | number)[];

/** All that one profile holds. */
class Profile {
  readonly basic = new Map<string, number>();
  readonly extended = new Map<string, Values>();
  readonly registers = new Registers();

  constructor() {
    this.reset();
  }

  reset(): void {
    for (const { name, kind, factory } of BASIC_COMMANDS)
      if (kind !== 'action') this.basic.set(name, factory);
    for (const { name, fields } of EXTENDED_COMMANDS) {
      if (fields.length > 0)
        this.extended.set(
          name,
          fields.map(({ factory }) => factory),
        );
    }
    this.registers.reset();
  }

  copy(other: Profile): void {
    for (const [name, value] of other.basic) this.basic.set(name, value);
    for (const [name, values] of other.extended) this.extended.set(name, values);
    this.registers.copy(other.registers);
  }
}

/** Begins with factory settings, also as both profiles. */
export class ModemMemory {
  readonly #active = new Profile();
  readonly #stored = Array.from({ length: PROFILES }, () => new Profile());
  readonly #numbers: string[] = Array.from({ length: STORED_NUMBERS }, () => '');
  /** Whether digits are dialled by pulses where the dial string does not say (P, T). */
  pulse = false;
  /** What was dialled last, for DL. */
  lastDialled = '';

  get registers(): Registers {
    return this.#active.registers;
  }

  /** The value of register S`number`. */
  s(number: number): number {
    return this.#active.registers.get(number);
  }

  /** The registers that say what an escape is. */
  get escape(): EscapeRegisters {
    return { character: this.s(2), guard: this.s(12), end: this.s(3) };
  }

  /** The number behind a setting such as `&C`. */
  setting(name: string): number {
    return this.#active.basic.get(name) ?? 0;
  }

  set(name: string, value: number): void {
    this.#active.basic.set(name, value);
  }

  /** The fields of a setting such as `+MS`. */
  fields(name: string): Values {
    return this.#active.extended.get(name) ?? [];
  }

  /** The first field of a setting as a number. */
  field(name: string): number {
    return Number(this.fields(name)[0] ?? 0);
  }

  /** Sets fields; those that are `undefined` stay. */
  setFields(name: string, values: readonly (string | number | undefined)[]): void {
    const before = this.fields(name);
    this.#active.extended.set(
      name,
      before.map((value, index) => values[index] ?? value),
    );
  }

  factory(): void {
    this.#active.reset();
    this.pulse = false;
  }

  /** Stores the settings as profile `slot`, 0 or 1. */
  store(slot: number): void {
    this.#stored[slot]?.copy(this.#active);
  }

  /** Brings back profile `slot`, 0 or 1. The count of rings is none of it. */
  recall(slot: number): void {
    const profile = this.#stored[slot];
    if (profile) this.#active.copy(profile);
    this.registers.set(1, 0);
    this.pulse = false;
  }

  /** The stored number `slot`, empty when there is none. */
  number(slot: number): string {
    return this.#numbers[slot] ?? '';
  }

  /** Stores a number; false when there is no such place. */
  storeNumber(slot: number, text: string): boolean {
    if (slot >= STORED_NUMBERS) return false;
    this.#numbers[slot] = text;
    return true;
  }
}
