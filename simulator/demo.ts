// The rehearsal that `signalbox demo` runs: a yard with Signalbox's settings for it, its panel, and scenarios to play. Runs in
// the same process as the engine; loaded by main/cli/commands/demo.ts at run time and never bundled.
import { rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineEvent } from '../shared/events.ts';
import type { Reply } from '../shared/ipc.ts';
import type { Offer } from '../shared/lever.ts';
import { openPanel, type Panel } from './panel/server.ts';
import { type Played, play } from './play.ts';
import type { LeverRequest } from './scenarios/scenario.ts';
import { scenarios as allScenarios } from './scenarios/scenarios.ts';
import { makeStory, type Story } from './story.ts';
import { jsonOf, lineOf, verdictLines } from './timeline.ts';
import { startYard, type Yard } from './yard.ts';

export const scenarios: readonly { readonly id: string; readonly title: string; readonly about: string }[] = allScenarios;

/** What the rehearsal asks of a running engine. */
export type Engine = {
  dispatch(method: string, input: unknown): Promise<Reply<unknown>>;
  subscribe(listener: (event: EngineEvent) => void): () => void;
};

export type Outcome = {
  readonly asExpected: boolean;
  /** The verdict for people, and the whole story for programs. */
  readonly verdict: readonly string[];
  readonly json: object;
};

export type Rehearsal = {
  readonly settingsFile: string;
  readonly dataFolder: string;
  readonly yard: Yard;
  readonly story: Story;
  /** Follows this engine from its first event on. */
  connect(engine: Engine): void;
  /** Serves the panel; `windowUrl` is where Signalbox's own window is. Returns its address. */
  openPanel(windowUrl: string): Promise<string>;
  /** Plays a scenario; `onLine` gets each line of its timeline as it happens. Rejects when `signal` aborts. */
  play(id: string, signal: AbortSignal, onLine?: (line: string) => void): Promise<Outcome>;
  /** Stops everything and removes the temporary folder. */
  stop(): Promise<void>;
};

/**
 * Starts the yard, writes Signalbox's settings into its folder, and puts the secrets and the yard's names into this process's
 * environment: from here on this process looks names up in the yard and nowhere else.
 */
export async function startRehearsal({ fast }: { readonly fast: boolean }): Promise<Rehearsal> {
  const yard = await startYard({ fast });
  // A second Ctrl-C ends the process at once; what is on disk can still go.
  const clear = (): void => rmSync(yard.folder, { recursive: true, force: true });
  process.once('exit', clear);
  const dataFolder = join(yard.folder, 'signalbox');
  const settingsFile = join(dataFolder, 'settings.json');
  const restore = await adoptNames(yard);
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await writeFile(settingsFile, `${JSON.stringify(yard.settings({ named: true }), null, 2)}\n`);
  } catch (error) {
    restore();
    await yard.stop();
    throw error;
  }

  const story = makeStory(yard);
  const pace = fast ? 'fast' : 'usual';
  let engine: Engine | null = null;
  let disconnect = (): void => undefined;
  let panel: Panel | null = null;

  const playScenario = (id: string, signal: AbortSignal): Promise<Played> => {
    const scenario = allScenarios.find((one) => one.id === id);
    if (!scenario) throw new RangeError(`There is no scenario "${id}".`);
    const check = async (monitorId: string): Promise<void> =>
      void (await engine?.dispatch('monitor.checkNow', { id: monitorId }));
    const pull = async (request: LeverRequest): Promise<void> => {
      const problem = engine && (await pullLever(engine, request));
      if (problem) story.tell('note', `Signalbox refuses: ${problem}`);
    };
    return play(scenario, { yard, story, pace, check, pull }, signal);
  };

  return {
    ...{ settingsFile, dataFolder, yard, story },
    connect(running) {
      engine = running;
      disconnect = running.subscribe(story.hear);
    },
    async openPanel(windowUrl) {
      panel = await openPanel({ yard, story, windowUrl, scenarios: allScenarios, play: playScenario });
      return panel.url;
    },
    async play(id, signal, onLine) {
      const stop = onLine ? printing(story, onLine) : () => undefined;
      try {
        const played = await playScenario(id, signal);
        return { asExpected: played.asExpected, verdict: verdictLines(played), json: jsonOf(played) };
      } finally {
        stop();
      }
    },
    async stop() {
      disconnect();
      await panel?.close();
      await yard.stop();
      restore();
      process.off('exit', clear);
    },
  };
}

/** Looks, and starts what was looked at; the sentence of whoever refuses, or null. */
async function pullLever(engine: Engine, request: LeverRequest): Promise<string | null> {
  const looked = await engine.dispatch('lever.prepare', { request });
  if (!looked.ok) return looked.error.message;
  const { token, refusal } = looked.value as Offer;
  if (refusal) return refusal.message;
  const started = await engine.dispatch('lever.start', { token, force: false });
  return started.ok ? null : started.error.message;
}

/** The engine reads its secrets from its environment and looks names up as its process does. */
async function adoptNames(yard: Yard): Promise<() => void> {
  const added = { ...yard.secrets({ named: true }), SIGNALBOX_YARD_HOSTS: yard.names.env.SIGNALBOX_YARD_HOSTS ?? '' };
  const before = Object.keys(added).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, added);
  // It reads its file's name when it is loaded; a second rehearsal in this process needs it loaded again.
  const preload = new URL(`./names/preload.mjs?${encodeURIComponent(added.SIGNALBOX_YARD_HOSTS)}`, import.meta.url);
  await import(preload.href);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** Prints each happening once, counted from the first of its scenario. */
function printing(story: Story, onLine: (line: string) => void): () => void {
  let begun = 0;
  let printed = 0;
  return story.follow(() => {
    const first = story.happenings[0];
    // Before the scenario begins the yard only warms up, and what is written then is forgotten.
    if (first?.kind !== 'note') return;
    if (first.at !== begun) [begun, printed] = [first.at, 0];
    for (const one of story.happenings.slice(printed)) onLine(lineOf(begun, one));
    printed = story.happenings.length;
  });
}
