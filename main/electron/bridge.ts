// Carries the contract between the page and the engine over one checked `handle` and one event channel. It checks who
// speaks, for every message (SECURITY S-17); what is said is checked by the engine's dispatch.
import type { IpcMainInvokeEvent } from 'electron';
import type { Fault, Reply } from '../../shared/ipc.ts';
import { plainText } from '../../shared/redact.ts';
import type { Engine } from '../ipc/face.ts';
import { pageOrigin } from './address.ts';
import { eventChannel, invokeChannel } from './channels.ts';
import type { IpcMainPart, WebContentsPart } from './parts.ts';

const forbidden: Fault = {
  code: 'forbidden',
  message: 'This page may not talk to Signalbox.',
  next: 'Use the window that Signalbox opens.',
};

/** The parts of a message's sender that decide; all of them come from Electron, none from the page. */
export type Sender = {
  readonly sender: { readonly id: number };
  /** Null once the frame has navigated away or is gone. */
  readonly senderFrame: { readonly parent: unknown; readonly origin: string } | null;
};

/** Whether a message comes from the main frame of our own window, showing our own page. */
export function isTrusted(event: Sender, ours: { readonly id: number } | null): boolean {
  const frame = event.senderFrame;
  return ours !== null && frame !== null && frame.parent === null && frame.origin === pageOrigin && event.sender.id === ours.id;
}

/** Starts answering the page. Returns the way to end it. */
export function bridge(options: {
  readonly ipcMain: IpcMainPart;
  readonly engine: Pick<Engine, 'dispatch' | 'subscribe'>;
  /** The web contents of our window, or null while there is none. */
  readonly ours: () => WebContentsPart | null;
  readonly log: (line: string) => void;
}): () => void {
  const { ipcMain, engine, ours, log } = options;
  const listening = new Listening(engine);

  ipcMain.handle(invokeChannel, async (event: IpcMainInvokeEvent, method: unknown, input: unknown): Promise<Reply<unknown>> => {
    const contents = ours();
    if (contents === null || !isTrusted(event, contents)) {
      log(`Refused a message from ${plainText(event.senderFrame?.origin ?? 'a frame that is gone', 200)}.`);
      return { ok: false, error: forbidden };
    }
    // A page that asks is a page that listens: it subscribes before its first question (STYLE, "How the window stays
    // right"), so forwarding starts before that question is answered and no event falls between.
    listening.start(contents);
    return engine.dispatch(typeof method === 'string' ? method : '', input);
  });

  return () => {
    ipcMain.removeHandler(invokeChannel);
    listening.stop();
  };
}

/** Forwards engine events to one page at a time, for as long as that page lives. */
class Listening {
  readonly #engine: Pick<Engine, 'subscribe'>;
  readonly #known = new WeakSet<WebContentsPart>();
  #current: { readonly contents: WebContentsPart; readonly unsubscribe: () => void } | null = null;

  constructor(engine: Pick<Engine, 'subscribe'>) {
    this.#engine = engine;
  }

  start(contents: WebContentsPart): void {
    if (this.#current?.contents === contents) return;
    this.stop();
    this.#watch(contents);
    const unsubscribe = this.#engine.subscribe((event) => {
      if (!contents.isDestroyed()) contents.send(eventChannel, event);
    });
    this.#current = { contents, unsubscribe };
  }

  stop(): void {
    this.#current?.unsubscribe();
    this.#current = null;
  }

  /** Ends forwarding when the page goes: reloaded, crashed or closed. Attached once per web contents. */
  #watch(contents: WebContentsPart): void {
    if (this.#known.has(contents)) return;
    this.#known.add(contents);
    const drop = (): void => {
      if (this.#current?.contents === contents) this.stop();
    };
    contents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) drop();
    });
    contents.on('render-process-gone', drop);
    contents.on('destroyed', drop);
  }
}
