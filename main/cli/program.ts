// The command line's grammar: global options, commands, help, and how each ending becomes words and an exit code
// (DESIGN section 9). Knows no command from inside.

import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { FaultError, faultOf } from '../../shared/fault.ts';
import type { Fault } from '../../shared/ipc.ts';
import { addAlerts } from './commands/alerts.ts';
import { addBanner } from './commands/banner.ts';
import { addCheck } from './commands/check.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDrill } from './commands/drill.ts';
import { addDump } from './commands/dump.ts';
import { addIncident } from './commands/incident.ts';
import { addIncidents } from './commands/incidents.ts';
import { addPostmortem } from './commands/postmortem.ts';
import { addRuns } from './commands/runs.ts';
import { addSecret } from './commands/secret.ts';
import { addStatus } from './commands/status.ts';
import { addTraffic } from './commands/traffic.ts';
import { addWatch } from './commands/watch.ts';
import type { AddCommand, Context, Run } from './context.ts';
import { makeOut, type Out, type OutOptions } from './output.ts';
import type { Ended, Services } from './services.ts';

const commands: readonly AddCommand[] = [
  addCheck,
  addWatch,
  addStatus,
  addBanner,
  addTraffic,
  addDump,
  addDrill,
  addRuns,
  addIncidents,
  addIncident,
  addPostmortem,
  addSecret,
  addAlerts,
  addDoctor,
  addDemo,
];

/** What surrounds one call of the program: the process's own streams and signal, or a test's. */
export type Surroundings = Pick<Context, 'signal' | 'now' | 'version' | 'stdout' | 'cwd'> &
  Pick<OutOptions, 'stderr' | 'env'> & {
    readonly services: Services;
    readonly stdin: Context['secretSource']['stdin'];
  };

/** Runs one command line (without the program's own name) and says how it ended. Never rejects. */
export async function runProgram(argv: readonly string[], around: Surroundings): Promise<Ended> {
  const { signal, env, stdout, stderr } = around;
  // Known before parsing: a usage error must already be told in the form that was asked for.
  const out = makeOut({ json: asksForJson(argv), stdout, stderr, env });
  try {
    return await parseAndRun(argv, around, out);
  } catch (error) {
    out.progress('');
    if (error instanceof CommanderError) return endOfParsing(error, out);
    if (error instanceof FaultError) {
      out.fault(faultOf(error));
      return error.exitCode;
    }
    if (signal.aborted) {
      out.fault({ code: 'cancelled', message: 'Cancelled.', next: 'Nothing was changed.' });
      return 130;
    }
    out.fault(faultOf(error));
    return 2;
  }
}

function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).includes('--json');
}

async function parseAndRun(argv: readonly string[], around: Surroundings, out: Out): Promise<Ended> {
  const program = grammar(around, out);
  let ended: Ended = 0;
  const run: Run = async (work) => {
    const options = program.opts<{ readonly config?: string; readonly data?: string }>();
    const path = (given: string | undefined): string | null => (given === undefined ? null : resolve(around.cwd, given));
    const { services, signal, now, version, cwd, stdout, stderr, stdin } = around;
    const place = { settingsFile: path(options.config), dataFolder: path(options.data) };
    const secretSource = { stdin, prompt: (text: string) => void stderr.write(text) };
    ended = await work({ services, place, out, signal, now, version, cwd, stdout, secretSource });
  };
  for (const add of commands) add(program, run);
  await program.parseAsync([...argv], { from: 'user' });
  return ended;
}

function grammar({ version, stdout, stderr }: Surroundings, out: Out): Command {
  return new Command('signalbox')
    .description('Watches what you run in production, tells one outage once, and shows it in a window on this machine.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help for a command')
    .option('--config <file>', 'settings file; the default place when left out')
    .option('--data <dir>', 'data folder; the default place when left out')
    .option('--json', 'print the answer as JSON on stdout, and nothing else there')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      // Only help after a missing command comes this way; with --json the fault alone is the answer.
      writeErr: (text) => void (out.json ? undefined : stderr.write(text)),
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 good, 1 bad news, 2 usage or settings, 3 a provider refused, 130 cancelled.\n' +
        '\nExamples:\n  $ signalbox check\n  $ signalbox watch --open\n  $ signalbox status --json',
    );
}

function endOfParsing(error: CommanderError, out: Out): Ended {
  if (error.exitCode === 0) return 0;
  if (error.code === 'commander.help') {
    if (out.json) out.fault(usage('A command is missing.'));
    return 2;
  }
  out.fault(faultOfUsage(error));
  return 2;
}

function faultOfUsage(error: CommanderError): Fault {
  // commander repeats the surplus words, and one of them may be a secret in the wrong place (SECURITY S-45).
  if (error.code === 'commander.excessArguments') {
    return usage('There are more words on the command line than this command takes.');
  }
  const [first = '', hint = ''] = error.message.replace(/^error: /, '').split('\n');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const meant = /^\((.*)\)$/.exec(hint.trim())?.[1];
  return usage(/[.!?]$/.test(message) ? message : `${message}.`, meant);
}

function usage(message: string, meant?: string): Fault {
  const next = `${meant === undefined ? '' : `${meant} `}See signalbox --help, or --help after a command.`;
  return { code: 'usage', message, next };
}
