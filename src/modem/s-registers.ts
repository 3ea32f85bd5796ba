/** The S-registers of the emulated modem: what each is, its range and what it is at the factory. Data and bounds only. */

/** One register. */
export interface RegisterRow {
  readonly number: number;
  readonly factory: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly text: string;
}

/** The registers that do something. The others up to {@link REGISTER_MAX} are kept and do nothing. */
export const REGISTERS: readonly RegisterRow[] = [
  {
    number: 0,
    factory: 0,
    min: 0,
    max: 255,
    unit: 'rings',
    text: 'rings before it answers by itself; 0: never',
  },
  { number: 1, factory: 0, min: 0, max: 255, unit: 'rings', text: 'rings counted; cleared when they stop' },
  { number: 2, factory: 43, min: 0, max: 255, unit: 'ASCII', text: 'escape character; above 127: no escape' },
  { number: 3, factory: 13, min: 0, max: 127, unit: 'ASCII', text: 'character that ends a line' },
  {
    number: 4,
    factory: 10,
    min: 0,
    max: 127,
    unit: 'ASCII',
    text: 'character that follows it in what it says',
  },
  { number: 5, factory: 8, min: 0, max: 127, unit: 'ASCII', text: 'character that takes one back' },
  {
    number: 6,
    factory: 2,
    min: 2,
    max: 255,
    unit: '1 s',
    text: 'wait before dialling where no tone is listened for',
  },
  {
    number: 7,
    factory: 50,
    min: 1,
    max: 255,
    unit: '1 s',
    text: 'wait for carrier after dialling or answering',
  },
  { number: 8, factory: 2, min: 0, max: 255, unit: '1 s', text: 'pause that a comma makes' },
  {
    number: 9,
    factory: 6,
    min: 1,
    max: 255,
    unit: '0.1 s',
    text: 'carrier present before it counts (kept only)',
  },
  {
    number: 10,
    factory: 14,
    min: 1,
    max: 255,
    unit: '0.1 s',
    text: 'carrier gone before it hangs up; 255: never',
  },
  {
    number: 11,
    factory: 95,
    min: 50,
    max: 255,
    unit: '1 ms',
    text: 'length of a tone and of the pause behind it',
  },
  {
    number: 12,
    factory: 50,
    min: 0,
    max: 255,
    unit: '0.02 s',
    text: 'silence around the escape; 0: none needed',
  },
  { number: 25, factory: 5, min: 0, max: 255, unit: '0.01 s', text: 'DTR off before it counts' },
];

/** The highest number of a register. */
export const REGISTER_MAX = 99;

const BY_NUMBER: ReadonlyMap<number, RegisterRow> = new Map(REGISTERS.map((row) => [row.number, row]));

/** The registers of one modem, all at their factory values. */
export class Registers {
  readonly #values = new Uint8Array(REGISTER_MAX + 1);

  constructor() {
    this.reset();
  }

  /** The value of a register 0..{@link REGISTER_MAX}; 0 for any other. */
  get(number: number): number {
    return this.#values[number] ?? 0;
  }

  /** Sets it; false when there is no such register or the value is out of its range. */
  set(number: number, value: number): boolean {
    const row = BY_NUMBER.get(number);
    if (number > REGISTER_MAX || value > (row?.max ?? 255) || value < (row?.min ?? 0)) return false;
    this.#values[number] = value;
    return true;
  }

  /** All back to the factory. */
  reset(): void {
    this.#values.fill(0);
    for (const row of REGISTERS) this.#values[row.number] = row.factory;
  }

  /** All as in `other`. */
  copy(other: Registers): void {
    this.#values.set(other.#values);
  }
}
