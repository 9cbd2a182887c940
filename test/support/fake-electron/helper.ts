// The fake `utilityProcess`: runs the helper's program as a child of Node's own, with a `process.parentPort` as Electron gives
// it, and remembers which are alive.
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HelperPart, UtilityProcessPart } from '../../../main/electron/parts.ts';

const shim = fileURLToPath(new URL('./parent-port.ts', import.meta.url));

export class FakeHelper extends EventEmitter implements Omit<HelperPart, 'on'> {
  readonly #child: ChildProcess;
  constructor(program: string, env: NodeJS.ProcessEnv | undefined) {
    super();
    this.#child = fork(program, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', shim],
      serialization: 'advanced',
      ...(env === undefined ? {} : { env }),
    });
    // As in Electron, a helper does not keep a quitting app alive.
    this.#child.unref();
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code));
    this.#child.on('error', () => this.emit('exit', 1));
  }
  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }
  postMessage(message: unknown): void {
    this.#child.send(message as object);
  }
  kill(): boolean {
    return this.#child.kill();
  }
}

export type FakeUtilityProcess = UtilityProcessPart & {
  /** Every helper that was ever started. */
  readonly started: readonly FakeHelper[];
  readonly serviceNames: readonly string[];
};

/** `env` stands for what Electron's own process has; absent, the test's. */
export function fakeUtilityProcess(env?: NodeJS.ProcessEnv): FakeUtilityProcess {
  const started: FakeHelper[] = [];
  const serviceNames: string[] = [];
  return {
    started,
    serviceNames,
    fork: (program, _args, options) => {
      const made = new FakeHelper(program, env);
      started.push(made);
      serviceNames.push(options.serviceName ?? '');
      // Electron's `on` returns its own full class, which no fake can be.
      return made as object as HelperPart;
    },
  };
}
