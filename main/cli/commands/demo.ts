// `demo`: the rehearsal yard with an engine on it, so that Signalbox can be seen at work without an account. The yard is part
// of a checkout only, so it is found and loaded while running; how it works inside is not known here.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FaultError } from '../../../shared/fault.ts';
import { type AddCommand, type Context, withExamples } from '../context.ts';
import { type ServedWindow, serveWindow } from '../loopback.ts';
import { nearest } from '../near.ts';
import { openBrowser } from '../open-browser.ts';
import type { Ended, ServedEngine } from '../services.ts';

/** What this command asks of `simulator/demo.ts`. */
export type RehearsalModule = {
  readonly scenarios: readonly { readonly id: string; readonly title: string }[];
  /** Starts the yard; secrets go into this process's environment. */
  startRehearsal(options: { readonly fast: boolean }): Promise<Rehearsal>;
};

type Rehearsal = {
  readonly settingsFile: string;
  readonly dataFolder: string;
  connect(engine: ServedEngine): void;
  openPanel(windowUrl: string): Promise<string>;
  play(id: string, signal: AbortSignal, onLine?: (line: string) => void): Promise<Outcome>;
  stop(): Promise<void>;
};
type Outcome = { readonly asExpected: boolean; readonly verdict: readonly string[]; readonly json: object };

type Options = { readonly scenario?: string; readonly fast?: boolean; readonly open?: boolean };

export const addDemo: AddCommand = (program, run) => {
  const command = program
    .command('demo')
    .description(
      'Run the rehearsal yard: a small production on this machine to break, with Signalbox watching it. From a checkout only.',
    )
    .option('--scenario <name>', 'play one outage unattended, print its story, and end: 0 as expected, 1 not')
    .option('--fast', 'seconds instead of minutes')
    .option('--open', 'open Signalbox’s window in the browser')
    .action((options: Options) => run((context) => demo(context, options)));
  withExamples(command, 'demo', 'demo --open', 'demo --scenario frankfurt --fast');
};

/** Runs until the context's signal aborts, or until the scenario is over. Rejects with a FaultError without a yard. */
export async function demo(context: Context, options: Options, load = loadRehearsal): Promise<Ended> {
  const { out, signal } = context;
  const module = await load();
  if (options.scenario !== undefined) mustExist(options.scenario, module);
  out.note('Starting the rehearsal yard: a Postgres, two API servers, a front end, and stand-ins for the providers…');
  const startedAt = performance.now();
  const rehearsal = await module.startRehearsal({ fast: options.fast ?? false }).catch(notThere);
  try {
    signal.throwIfAborted();
    out.note(`The yard is up after ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
    return await withEngine(context, rehearsal, options);
  } finally {
    if (options.scenario === undefined) out.note('Stopping the yard…');
    await rehearsal.stop();
  }
}

async function withEngine(context: Context, rehearsal: Rehearsal, options: Options): Promise<Ended> {
  const { services, out, signal } = context;
  let served: ServedWindow | null = null;
  const engine = await services.startEngine({
    settingsFile: rehearsal.settingsFile,
    dataFolder: rehearsal.dataFolder,
    face: 'headless',
    onNotificationClick: () => undefined,
    announce: out.note,
    serve: async (running) => {
      rehearsal.connect(running);
      served = await serveWindow({ engine: running, port: null });
      return served.url;
    },
  });
  try {
    const window = served as ServedWindow | null;
    if (window === null) throw new Error('the engine started without asking for its window');
    const panelUrl = await rehearsal.openPanel(window.url);
    if (options.open) openBrowser(window.ticketUrl(), out.note);
    if (options.scenario !== undefined) {
      out.note(`Watch it in Signalbox: ${window.url}`);
      return await playOne(context, rehearsal, options.scenario);
    }
    greet(context, window.url, panelUrl);
    await aborted(signal);
    return 0;
  } finally {
    await engine.stop();
    await (served as ServedWindow | null)?.close();
  }
}

function greet({ out }: Context, windowUrl: string, panelUrl: string): void {
  out.answer(
    () => ({ window: windowUrl, panel: panelUrl }),
    () => [
      '',
      `Signalbox:  ${windowUrl}`,
      `The yard:   ${panelUrl}`,
      '',
      'Open both side by side. In the yard, press “The API refuses connections” and watch the signal turn red, or play the',
      'scenario “The hosting region goes down”. Everything runs on this machine; nothing you do here reaches anybody.',
      'Desktop notifications are off in the demo; the yard shows the Slack channel and the Rollbar items instead.',
      'Ctrl-C stops everything and leaves nothing behind.',
    ],
  );
}

async function playOne({ out, signal, stdout }: Context, rehearsal: Rehearsal, id: string): Promise<Ended> {
  out.note(`Waiting until production is seen to be well, then playing “${id}”.`);
  const print = out.json ? undefined : (line: string) => void stdout.write(`${line}\n`);
  const { asExpected, verdict, json } = await rehearsal.play(id, signal, print);
  out.answer(
    () => json,
    () => verdict,
  );
  return asExpected ? 0 : 1;
}

function mustExist(id: string, { scenarios }: RehearsalModule): void {
  const names = scenarios.map((scenario) => scenario.id);
  if (names.includes(id)) return;
  const near = nearest(id, names);
  const meant = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  throw new FaultError({
    code: 'unknown-scenario',
    message: `There is no scenario called “${id}”.`,
    next: `${meant}There are: ${names.join(', ')}.`,
  });
}

/** Three folders up from main/cli/commands/, two from dist/cli/: the first that has a yard in it. */
async function loadRehearsal(): Promise<RehearsalModule> {
  const yard = ['../../', '../../../']
    .map((up) => new URL(`${up}simulator/demo.ts`, import.meta.url))
    .find((url) => existsSync(fileURLToPath(url)));
  if (yard === undefined) return notThere(null);
  try {
    const address: string = yard.href;
    return (await import(/* @vite-ignore */ address)) as RehearsalModule;
  } catch (error) {
    return notThere(error);
  }
}

/** Missing files and packages in a person's words; anything else is a mistake of ours. */
function notThere(cause: unknown): never {
  const isMissing = cause === null || (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND');
  if (!isMissing) throw cause;
  throw new FaultError({
    code: 'no-rehearsal-yard',
    message: 'The rehearsal yard is not part of this installation.',
    next: 'It runs from a checkout of Signalbox, after `npm install` there with the development packages.',
    cause,
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
