// A served window over a small folder of files and a fake engine, and a client that sends requests exactly as written.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServedWindow, serveWindow } from '../../../main/cli/loopback.ts';
import type { Listener } from '../../../main/cli/services.ts';
import type { EngineEvent } from '../../../shared/events.ts';

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };
export type Ask = {
  readonly host?: string | null;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** The address to connect to. */
  readonly at?: string;
};

/** The window's folder, with traps around it. Returns its path and the way to remove it. */
export function windowFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-window-'));
  const files = join(folder, 'renderer');
  mkdirSync(join(files, 'assets'), { recursive: true });
  writeFileSync(join(files, 'index.html'), '<!doctype html><title>Signalbox</title>');
  writeFileSync(join(files, 'assets', 'app.js'), 'export {};');
  writeFileSync(join(files, '.hidden.json'), '{}');
  writeFileSync(join(files, 'notes.md'), 'not part of the window');
  writeFileSync(join(folder, 'secret.txt'), 'canary-outside');
  mkdirSync(join(folder, 'renderer-old'));
  writeFileSync(join(folder, 'renderer-old', 'index.html'), 'canary-outside');
  symlinkSync(join(folder, 'secret.txt'), join(files, 'leak.txt'));
  symlinkSync(folder, join(files, 'up'));
  return { files, remove: () => rmSync(folder, { recursive: true }) };
}

/** An engine that records calls and publishes what a test says. */
export function fakeEngine() {
  const calls: { readonly method: string; readonly input: unknown }[] = [];
  const listeners = new Set<Listener>();
  return {
    calls,
    listeners,
    publish: (event: EngineEvent): void => {
      for (const listener of listeners) listener(event);
    },
    dispatch: async (method: string, input: unknown) => {
      calls.push({ method, input });
      return { ok: true, value: { method } } as const;
    },
    subscribe: (listener: Listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** One request as written: nothing is added, and the path is sent as it is. */
export function send(port: number, method: string, path: string, { host, headers = {}, body, at }: Ask = {}): Promise<Answer> {
  const name = host === undefined ? `127.0.0.1:${port}` : host;
  const all = { ...(name === null ? {} : { host: name }), ...headers };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: at ?? '127.0.0.1', port, method, path, agent: false, setHost: false, headers: all },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A served window and the ways a test talks to it. */
export type Served = Awaited<ReturnType<typeof serve>>;
export async function serve(files: string) {
  const engine = fakeEngine();
  const window: ServedWindow = await serveWindow({ engine, port: 0, files });
  const url = new URL(window.url);
  const port = Number(url.port);
  const token = url.hash.slice('#token='.length);
  const origin = `http://127.0.0.1:${port}`;
  const ask = (method: string, path: string, how: Ask = {}) => send(port, method, path, how);
  const session = (offered: string | null = token) =>
    ask('POST', '/session', { headers: { origin, ...(offered === null ? {} : { 'x-signalbox-token': offered }) } });
  const cookie = async (): Promise<string> => String((await session()).headers['set-cookie']?.[0]).split(';')[0] ?? '';
  const call = async (headers: OutgoingHttpHeaders = {}, body = '{}', path = '/rpc/snapshot.get') => {
    const json = { origin, 'content-type': 'application/json', cookie: await cookie() };
    return await ask('POST', path, { headers: { ...json, ...headers }, body });
  };
  return { engine, window, port, token, origin, ask, session, cookie, call };
}
