/** A headless Chromium that opens one page and is asked about it over the DevTools pipe. Nothing is fetched from anywhere. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** The browser's program on this machine; `undefined` where there is none. */
export function chromiumPath(): string | undefined {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** How long one answer may take, in milliseconds. */
const ANSWER_MS = 60_000;

/** A browser with one page. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #complaints: string[] = [];
  #requests: string[] = [];
  #held = '';
  #last = 0;
  #session: string | undefined;
  #loaded: (() => void) | undefined;

  private constructor(program: string) {
    this.#profile = mkdtempSync(join(tmpdir(), 'dplink-chromium-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
    ];
    this.#process = spawn(
      program,
      [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`],
      {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      },
    );
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  /** Starts the browser. */
  static async start(program: string): Promise<Chromium> {
    const browser = new Chromium(program);
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Network']) await browser.send(`${domain}.enable`, {});
    return browser;
  }

  /** Errors that the page's program threw or logged, so far. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** Everything that was asked for since the page was opened. */
  get requests(): readonly string[] {
    return this.#requests;
  }

  /** Sends one command of the DevTools protocol; resolves to its result. */
  send(
    method: string,
    params: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#last;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_MS);
      this.#waiting.set(id, ({ result, error }) => {
        clearTimeout(deadline);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  /** Opens a file of this machine and waits until it is drawn. */
  async open(file: string, width = 1280, height = 900): Promise<void> {
    await this.resize(width, height);
    this.#requests = [];
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.send('Page.navigate', { url: `file://${file}` });
    await loaded;
    await this.settle();
  }

  /** Makes the window another size. */
  async resize(width: number, height: number): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await this.send('Emulation.setDeviceMetricsOverride', metrics);
  }

  /** Waits for two frames to be drawn. */
  async settle(): Promise<void> {
    await this.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))',
    );
  }

  /** The value of an expression within the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: T }).value;
  }

  /** Moves the mouse, or presses and lets go of its left button. */
  async mouse(type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', x: number, y: number): Promise<void> {
    const button = type === 'mouseMoved' ? {} : { button: 'left', clickCount: 1 };
    await this.send('Input.dispatchMouseEvent', { type, x, y, buttons: 1, ...button });
  }

  /** A picture of what the window shows, as PNG. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }

  #read(text: string): void {
    const parts = (this.#held + text).split('\0');
    this.#held = parts.pop() ?? '';
    for (const part of parts) this.#take(JSON.parse(part) as Reply);
  }

  #take(reply: Reply): void {
    if (reply.id !== undefined) {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    } else if (reply.method === 'Page.loadEventFired') this.#loaded?.();
    else if (reply.method === 'Runtime.exceptionThrown') this.#complaints.push(JSON.stringify(reply.params));
    else if (reply.method === 'Network.requestWillBeSent') {
      const { url } = (reply.params as { request: { url: string } }).request;
      if (!url.startsWith('data:')) this.#requests.push(url);
    }
  }
}
