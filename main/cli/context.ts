// What a command is given beside its own arguments, and how it is hung into the program.
import type { Command } from 'commander';
import type { Out, Sink } from './output.ts';
import type { SecretSource } from './secret-input.ts';
import type { Ended, Place, Services } from './services.ts';

export type Context = {
  readonly services: Services;
  readonly place: Place;
  readonly out: Out;
  /** Aborts on the first Ctrl-C or SIGTERM, and when whoever read stdout has gone. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly version: string;
  /** Relative paths on the command line count from here. */
  readonly cwd: string;
  readonly secretSource: SecretSource;
  /** For `watch`, which writes as long as it runs. */
  readonly stdout: Sink & { readonly writableLength?: number };
};

/** Runs a command's work with its context and keeps how it ended. */
export type Run = (work: (context: Context) => Promise<Ended>) => Promise<void>;

/** One command's place in the program. */
export type AddCommand = (program: Command, run: Run) => void;

/** Examples under a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  const heading = lines.length === 1 ? 'Example' : 'Examples';
  return command.addHelpText('after', `\n${heading}:\n${lines.map((line) => `  $ signalbox ${line}`).join('\n')}`);
}
