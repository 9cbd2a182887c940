// The real demo in this process: the yard at the pace of tests, an engine on it, its window and the panel.
import { serveWindow } from '../../main/cli/loopback.ts';
import { startEngine } from '../../main/compose.ts';
import type { Engine } from '../../main/ipc/face.ts';
import { type Rehearsal, startRehearsal } from '../../simulator/demo.ts';

export type RunningDemo = {
  readonly rehearsal: Rehearsal;
  readonly engine: Engine;
  /** Addresses with their tokens. */
  readonly windowUrl: string;
  readonly panelUrl: string;
  stop(): Promise<void>;
};

/** Starts it and waits until the signal is green. `files` is the window's folder; the built one when absent. */
export async function startDemo(files?: string): Promise<RunningDemo> {
  const rehearsal = await startRehearsal({ fast: true });
  let close = async (): Promise<void> => undefined;
  let windowUrl = '';
  const engine = await startEngine({
    settingsFile: rehearsal.settingsFile,
    dataFolder: rehearsal.dataFolder,
    face: 'headless',
    serve: async (running) => {
      rehearsal.connect(running);
      const served = await serveWindow({ engine: running, port: null, ...(files === undefined ? {} : { files }) });
      close = served.close;
      windowUrl = served.url;
      return served.url;
    },
  });
  const panelUrl = await rehearsal.openPanel(windowUrl);
  const stop = async (): Promise<void> => {
    await engine.stop();
    await close();
    await rehearsal.stop();
  };
  try {
    await isGreen(rehearsal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { rehearsal, engine, windowUrl, panelUrl, stop };
}

function isGreen({ story }: Rehearsal): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`the demo is not green: ${story.head}`)), 45_000);
    const stop = story.follow(look);
    function look(): void {
      if (story.snapshot?.signal.colour !== 'green') return;
      clearTimeout(limit);
      stop();
      resolve();
    }
    look();
  });
}
