/** Whether what a file held has the parts that a program counts on. Further parts are welcome; knows no measure. */

/** What is expected of a value: a kind, the same or `null`, the same or nothing, members, or a list of such. */
export type Shape =
  | 'number'
  | 'string'
  | 'boolean'
  | 'number?'
  | 'any'
  | { readonly [member: string]: Shape }
  | readonly [Shape]
  | { readonly nullable: Shape }
  | { readonly optional: Shape };

/** Whether `value` is an object and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

type Check = (value: unknown) => boolean;

/** Shapes that were made into checks: a run of 72 hours has half a million lines. */
const CHECKS = new WeakMap<object, Check>();

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);

function membersCheck(shape: Readonly<Record<string, Shape>>): Check {
  const members = Object.entries(shape).map(([name, each]) => ({ name, check: checkOf(each) }));
  return (value) => isObject(value) && members.every(({ name, check }) => check(value[name]));
}

function madeCheck(shape: Exclude<Shape, string>): Check {
  if (isList(shape)) {
    const check = checkOf(shape[0]);
    return (value) => Array.isArray(value) && value.every(check);
  }
  if ('nullable' in shape) {
    const check = checkOf(shape.nullable as Shape);
    return (value) => value === null || check(value);
  }
  if ('optional' in shape) {
    const check = checkOf(shape.optional as Shape);
    return (value) => value === undefined || check(value);
  }
  return membersCheck(shape);
}

function checkOf(shape: Shape): Check {
  if (shape === 'any') return (value) => value !== undefined;
  if (shape === 'number') return isNumber;
  if (shape === 'number?') return (value) => value === null || isNumber(value);
  if (typeof shape === 'string') return (value) => typeof value === shape;
  const check = CHECKS.get(shape) ?? madeCheck(shape);
  CHECKS.set(shape, check);
  return check;
}

/** Whether `value` has the shape. Numbers are finite: JSON has no others. */
export function hasShape(value: unknown, shape: Shape): boolean {
  return checkOf(shape)(value);
}

const counters = {
  bytes: { sent: 'number', received: 'number', skipped: 'number' },
  frames: {
    sent: 'number',
    received: 'number',
    headerCrcErrors: 'number',
    messageCrcErrors: 'number',
    truncated: 'number',
    resyncs: 'number',
  },
  uart: { nullable: { framing: 'number', parity: 'number', overrun: 'number', break: 'number' } },
} as const satisfies Shape;

const streamCounters = {
  from: 'string',
  to: 'string',
  category: 'string',
  sent: 'number',
  delivered: 'number',
  bytesDelivered: 'number',
  duplicated: 'number',
  misordered: 'number',
  corrupted: 'number',
  truncated: 'number',
} as const satisfies Shape;

/** Shape of a journal entry. */
export const ENTRY_SHAPE = { at: 'number', end: 'string', event: 'string' } as const satisfies Shape;

const seconds = {
  observed: 'number',
  unavailable: 'number',
  errorFree: 'number',
  errored: 'number',
  severelyErrored: 'number',
  backgroundErrors: 'number',
} as const satisfies Shape;

/** Shape of a sample. */
export const SAMPLE_SHAPE = {
  at: 'number',
  end: 'string',
  phase: 'string',
  ...counters,
  connection: {
    state: 'string',
    rttMs: 'number?',
    window: 'number',
    outstanding: 'number',
    retries: 'number',
    duplicates: 'number',
  },
  seconds: { optional: seconds },
  streams: [
    {
      ...streamCounters,
      stream: 'number',
      bytesSent: 'number',
      latencyMs: { optional: { p50: 'number', p99: 'number', max: 'number' } },
    },
  ],
} as const satisfies Shape;

const streamResult = {
  ...streamCounters,
  lost: 'number',
  measured: 'boolean',
  goodputBytesPerSecond: 'number',
  lineUtilisation: 'number',
  latencyMs: { p50: 'number', p99: 'number', max: 'number' },
  latencyUncertaintyMs: 'number?',
} as const satisfies Shape;

const histogram = {
  count: 'number',
  sum: 'number',
  min: 'number',
  max: 'number',
  buckets: [['number']],
} as const satisfies Shape;

/** Shape of what a journal entry and a result tell of an attempt at a call. */
export const ATTEMPT_SHAPE = {
  call: 'number',
  attempt: 'number',
  outcome: 'string',
  text: 'string',
  dialled: 'number',
  ringing: { optional: 'number' },
  firstFrame: { optional: 'number' },
  hangUp: { optional: 'number' },
  hangUpBy: { optional: 'string' },
  lineRate: { optional: 'number' },
  report: { optional: {} },
  carrierLost: { optional: { sign: 'string', after: 'number' } },
  outage: { optional: 'number' },
  retried: 'boolean',
  diagnostics: [{ command: 'string', text: 'string', ending: 'string' }],
} as const satisfies Shape;

const calls = {
  wanted: 'number',
  passed: 'number',
  needed: 'number',
  statistics: {
    attempts: 'number',
    outcomes: 'any',
    ringing: histogram,
    connected: histogram,
    failed: histogram,
    firstFrame: histogram,
    hangUp: histogram,
    lineRate: histogram,
  },
  attempts: [{ ...ATTEMPT_SHAPE, streams: [streamResult] }],
  escape: { optional: { advice: { safe: 'string', text: 'string', settings: ['string'] } } },
} as const satisfies Shape;

const outage = {
  lostAt: 'number',
  backAt: 'number?',
  firstFrameAt: 'number?',
  cause: 'string',
} as const satisfies Shape;

const direction = {
  from: 'string',
  to: 'string',
  measured: 'boolean',
  passage: {
    nullable: {
      frames: 'number',
      bytes: 'number',
      framesLost: 'number',
      bytesLost: 'number',
      bytesInserted: 'number',
    },
  },
} as const satisfies Shape;

/** Shape of `result.json`. */
export const RESULT_SHAPE = {
  schema: 'string',
  verdict: 'string',
  reasons: ['string'],
  seed: 'string',
  startedAt: 'string',
  durationSeconds: 'number',
  rig: 'any',
  profile: 'any',
  ends: [
    {
      name: 'string',
      role: 'string',
      line: { baud: 'number', parity: 'string', stopbits: 'number', flowcontrol: 'string' },
      ...counters,
      connection: {
        state: 'string',
        rttMs: { min: 'number', p50: 'number', p99: 'number', max: 'number' },
        retries: 'number',
        duplicates: 'number',
        windowMax: 'number',
      },
      violations: 'number',
      outages: { optional: { count: 'number', list: [outage] } },
    },
  ],
  directions: { optional: [direction] },
  warnings: { optional: ['string'] },
  streams: [streamResult],
  limits: [{ name: 'string', limit: 'number', actual: 'number', pass: 'boolean' }],
  calls: { optional: calls },
} as const satisfies Shape;
