// The test's side of run-built.ts: starts the built tray app in a process of its own and tells what a person sees there.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Deed, Seen } from './run-built.ts';

const runner = fileURLToPath(new URL('./run-built.ts', import.meta.url));
const builtFolder = fileURLToPath(new URL('../../../dist/', import.meta.url));
const patienceMs = 30_000;

type Report = {
  readonly id?: number;
  readonly answer?: unknown;
  readonly problem?: string;
  readonly seen?: Seen;
  readonly sent?: Sent;
};
/** What the main process tells its page. */
export type Sent = { readonly channel: string; readonly values: readonly unknown[] };

export class BuiltShell {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly #answers = new Map<number, (report: Report) => void>();
  readonly #ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  #seen: Seen | null = null;
  #over = false;
  #orders = 0;
  /** Called with everything that the main process tells its page, in order. */
  onSent: (sent: Sent) => void = () => {};
  /** Called whenever something is seen anew. */
  onSeen: (seen: Seen) => void = () => {};
  /** Everything it said on stderr. */
  stderr = '';

  /** Starts `dist/` (or another build) with `args`, as Electron would. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, dist = builtFolder) {
    this.#child = fork(runner, [dist, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { ...process.env, ...env },
      serialization: 'advanced',
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.#child.on('message', (report: Report) => this.#receive(report));
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#over = true;
      for (const wake of this.#waiting) wake();
      return { code, signal };
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Resolves with what is seen once `claim` holds; rejects when the app ends before, or after half a minute. */
  async until(claim: (seen: Seen) => boolean, what = String(claim)): Promise<Seen> {
    const limit = AbortSignal.timeout(patienceMs);
    for (;;) {
      if (this.#seen !== null && claim(this.#seen)) return this.#seen;
      const state = `${JSON.stringify(this.#seen)}\n${this.stderr}`;
      if (this.#over) throw new Error(`The app ended before ${what}. Last seen: ${state}`);
      if (limit.aborted) throw new Error(`Within ${patienceMs} ms it never came to ${what}. Last seen: ${state}`);
      await this.#change(limit);
    }
  }

  /** Does something on the fake desktop and returns its answer. */
  async do(deed: Deed, ...values: readonly unknown[]): Promise<unknown> {
    const id = ++this.#orders;
    const { promise, resolve } = Promise.withResolvers<Report>();
    this.#answers.set(id, resolve);
    this.#child.send({ id, deed, values });
    const report = await Promise.race([promise, this.#ended]);
    if (!('id' in report)) throw new Error(`The app ended while it was asked to ${deed}.\n${this.stderr}`);
    if (report.problem !== undefined) throw new Error(report.problem);
    return report.answer;
  }

  /** Sends a signal to the process. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** How the process ended, once it has; one that runs on for half a minute is killed, and that is how it ended. */
  async ended(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    return this.#ended.finally(() => clearTimeout(limit));
  }

  /** Makes sure that nothing is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #receive(report: Report): void {
    if (report.sent) this.onSent(report.sent);
    if (report.seen) {
      this.#seen = report.seen;
      this.onSeen(report.seen);
    }
    if (report.id !== undefined) this.#answers.get(report.id)?.(report);
    for (const wake of this.#waiting) wake();
  }

  #change(limit: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    limit.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(() => this.#waiting.delete(resolve));
  }
}
