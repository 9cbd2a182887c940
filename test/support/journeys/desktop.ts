// What a journey through the tray app needs of a desktop, whether Electron is the real one or the fake: so one telling of each
// journey serves both, and they cannot drift apart.
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { Stage } from '../fake-electron/stage.ts';

export type PowerEvent = 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen';

export type Desktop = AsyncDisposable & {
  /** What the window shows; a new one after a crash. */
  page(): Promise<Page>;
  /** Errors on the page's console, violations of its policy among them. */
  readonly problems: readonly string[];
  trayColour(): Promise<string | null>;
  tooltip(): Promise<string>;
  menu(): Promise<readonly string[]>;
  clickMenu(label: string): Promise<void>;
  isVisible(): Promise<boolean>;
  closeWindow(): Promise<void>;
  crashWindow(): Promise<void>;
  power(event: PowerEvent): Promise<void>;
  /** Starts the app a second time, with the same arguments. */
  secondStart(): Promise<void>;
  /** The app's processes that are alive, helpers among them. */
  processes(): Promise<readonly number[]>;
  /** How it ended, once it has. */
  ended(): Promise<number | null>;
};

/** Starts the app for `args` in the user's environment `env`. */
export type Launch = (stage: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv }) => Promise<Desktop>;

const patience = { timeout: 30_000, interval: 50 };

/** Waits until `look` gives something that passes `claim`. */
export async function until<T>(look: () => Promise<T>, claim: (found: T) => void): Promise<void> {
  await expect
    .poll(async () => {
      const found = await look();
      try {
        claim(found);
        return 'as expected';
      } catch (error) {
        return `${JSON.stringify(found)}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }, patience)
    .toBe('as expected');
}

export const untilColour = (desktop: Desktop, colour: string): Promise<void> =>
  until(
    () => desktop.trayColour(),
    (shown) => expect(shown).toBe(colour),
  );

export const untilVisible = (desktop: Desktop, isVisible: boolean): Promise<void> =>
  until(
    () => desktop.isVisible(),
    (seen) => expect(seen).toBe(isVisible),
  );

export const untilInMenu = (desktop: Desktop, ...labels: readonly string[]): Promise<void> =>
  until(
    () => desktop.menu(),
    (menu) => expect(menu).toEqual(expect.arrayContaining([...labels])),
  );

/** The app on a stage, green and with its window open. */
export async function startGreen(launch: Launch, stage: Pick<Stage, 'args' | 'env'>): Promise<Desktop> {
  const desktop = await launch(stage);
  try {
    await untilColour(desktop, 'green');
    await untilVisible(desktop, true);
  } catch (error) {
    await desktop[Symbol.asyncDispose]();
    throw error;
  }
  return desktop;
}

/** Asks the engine as the page does, over the preload's pipe; rejects with the fault's sentence. */
export async function ask<T>(desktop: Desktop, method: string, input: unknown = {}): Promise<T> {
  const page = await desktop.page();
  const reply = (await page.evaluate(
    async ([name, given]) => {
      const pipe = Reflect.get(window, 'signalbox') as { invoke(method: unknown, input: unknown): Promise<unknown> };
      return await pipe.invoke(name, given);
    },
    [method, input] as const,
  )) as { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } };
  if (!reply.ok) throw new Error(`${method}: ${reply.error.message}`);
  return reply.value;
}

/** Whether a process is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
