/** The capture of a run: its flags, its file, and an onlooker for each end. Knows no packet. */
import type { Argv } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { CaptureWriter, RING_SIZE_MIN } from '../port/capture.ts';
import { CAPTURED, type Captured, interfacesOf, LineRecorder } from '../port/line-recorder.ts';
import { troubleWriting } from './named-file.ts';

/** The flags of {@link withCaptureFlags} as yargs hands them over. */
export interface CaptureFlags {
  readonly capture: string | undefined;
  readonly captureOf: Captured | undefined;
  readonly captureLast: string | undefined;
}

/** What is to be captured, and where. */
export interface CaptureRequest {
  readonly file: string;
  readonly captured: Captured;
  /** Keep only the last so many bytes; absent, all. */
  readonly sizeMax: number | undefined;
}

/** Adds the flags of every command that drives lines. */
export function withCaptureFlags<T>(yargs: Argv<T>): Argv<T & CaptureFlags> {
  return yargs
    .option('capture', {
      type: 'string',
      requiresArg: true,
      describe: 'Write what passes to a pcapng file',
    })
    .option('capture-of', {
      choices: CAPTURED,
      describe: 'What of it: frames and damage, the raw line with its control lines, or both [frames]',
    })
    .option('capture-last', {
      type: 'string',
      requiresArg: true,
      describe: 'Keep only the last part: 20MB, 500kB',
    }) as unknown as Argv<T & CaptureFlags>;
}

const UNITS: Readonly<Record<string, number>> = {
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** What the flags ask for. Throws UsageError for a size that is none, and for a file that could not be written. */
export function captureFromFlags(flags: CaptureFlags): CaptureRequest | undefined {
  const { capture: file, captureOf, captureLast } = flags;
  if (file === undefined) {
    const lone = captureOf !== undefined ? 'of' : captureLast !== undefined ? 'last' : undefined;
    if (lone !== undefined)
      throw new UsageError(`--capture-${lone} says how to capture: give --capture FILE too`);
    return undefined;
  }
  const trouble = troubleWriting(file);
  if (trouble !== undefined) throw new UsageError(`--capture: ${file}: ${trouble}`);
  const sizeMax = captureLast === undefined ? undefined : sizeOf(captureLast);
  return { file, captured: captureOf ?? 'frames', sizeMax };
}

function sizeOf(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*([kMGi]*B)$/.exec(text);
  const unit = UNITS[parts?.[2] ?? ''];
  const size = unit === undefined ? Number.NaN : Math.floor(Number(parts?.[1]) * unit);
  if (size >= RING_SIZE_MIN) return size;
  throw new UsageError(
    `--capture-last: expected a size from ${RING_SIZE_MIN / 1024}KiB, such as 20MB, got ${JSON.stringify(text)}`,
  );
}

/** An open capture with one line after the other in it. */
export class RunCapture {
  readonly #writer: CaptureWriter;
  readonly #recorders: readonly LineRecorder[];

  /**
   * Opens the file; throws UsageError. `lines` names each line; `origin` is what microsecond since 1970 instant 0
   * stands for; `complain` is told if writing fails later.
   */
  constructor(
    request: CaptureRequest,
    lines: readonly string[],
    origin: number,
    complain: (text: string) => void,
  ) {
    const { file, captured, sizeMax } = request;
    const interfaces = lines.map((name) => interfacesOf(name, captured));
    this.#writer = new CaptureWriter(file, interfaces.flat(), {
      sizeMax,
      onFailure: (error) => complain(`${file}: ${error.message}`),
    });
    this.#recorders = interfaces.map(
      ({ length }, index) =>
        new LineRecorder({ writer: this.#writer, captured, firstInterface: index * length, origin }),
    );
  }

  /** The onlooker of the line with this index. */
  recorder(index: number): LineRecorder {
    return this.#recorders[index]!;
  }

  /** Makes what was captured so far readable by others. */
  flush(): void {
    this.#writer.flush();
  }

  close(): void {
    this.#writer.close();
  }
}
