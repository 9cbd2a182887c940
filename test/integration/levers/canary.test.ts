// Issue "The three levers", point 5: no credential in a command line, a log, the history, an event, the window or an error.
// Every secret of a yard is looked for in everything that comes out while levers are pulled, well and badly.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DumpFile } from '../../../shared/lever.ts';
import { type Command, type CommandYard, commandYard, untilLine } from '../../support/lever-command.ts';
import { bannerText } from '../../support/lever-outside.ts';
import { type OpenWindow, openWindow } from '../../support/lever-window.ts';

/** A password that must be encoded in an address, so that both forms are looked for. */
const password = 'canary p@ss/w:rd+0000';

const seen = new Map<string, string>();
const keep = (where: string, text: string): void => void seen.set(where, (seen.get(where) ?? '') + text);

let place: CommandYard;
let watching: Command;
let window: OpenWindow;
let watcher: Promise<void>;
let isOver = false;
const canaries: string[] = [];

beforeAll(async () => {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  place = await commandYard(undefined, { age: { identity, recipient } });
  const whole = [...Object.values(place.env), ...Object.values(withPassword(place.env))];
  const inside = whole.flatMap((value) => (URL.canParse(value) ? [new URL(value).password] : [])).filter((one) => one.length > 5);
  canaries.push(
    ...new Set([...whole, ...inside, ...inside.map(decodeURIComponent), password, encodeURIComponent(password), identity]),
  );
  watcher = watchCommandLines();
  watching = place.start('watch', '--json');
  const { url } = await untilLine(watching, ({ event }) => event === 'engine.started');
  window = await openWindow(String(url));
});
afterAll(async () => {
  isOver = true;
  await watcher;
  window?.close();
  await watching?.stop();
  await place?.close();
});

/** The same secrets with the password that has to be encoded. */
function withPassword(env: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value]) => {
    const isAddress = /DATABASE_URL|POOLER_URL/.test(name);
    return [name, isAddress ? value.replace(place.yard.database.password, encodeURIComponent(password)) : value];
  });
  return Object.fromEntries(entries);
}

/** Every process of this machine, again and again: who starts a program with a password shows it to everybody. */
async function watchCommandLines(): Promise<void> {
  const lines = new Set<string>();
  while (!isOver) {
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
      if (line !== '') lines.add(line);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  keep('command lines', [...lines].join('\n'));
}

async function say(...args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const { code, stdout, stderr } = await place.command(...args);
  keep(`signalbox ${args.slice(0, 3).join(' ')}`, stdout + stderr);
  return { code, stdout };
}

describe('the credentials of a yard', () => {
  it('are used where everything goes well', async () => {
    expect((await say('banner', 'on', bannerText('canary'), '--json')).code).toBe(0);
    // The yard's own servers do not know the new password: their log-in fails, and Signalbox rightly says that moving would not help.
    expect((await say('traffic', 'standby', '--yes', '--force')).code).toBe(0);
    expect((await say('traffic', 'primary', '--yes', '--json')).code).toBe(0);
    await place.yard.database.setPassword(password);
    Object.assign(place.env, withPassword(place.env));
    expect((await say('dump', '--full')).code).toBe(0);
    const [made] = JSON.parse((await say('dump', 'list', '--json')).stdout) as DumpFile[];
    expect((await say('dump', 'verify', made?.name ?? '', '--json')).code).toBe(0);
    await say('doctor');
    await say('status', '--json');
  });

  it('are used where providers and database refuse them', async () => {
    const { yard } = place;
    await yard.switch('vercel-token', true);
    expect((await say('banner', 'off', '--json')).code).toBe(3);
    expect((await say('traffic', 'standby', '--yes')).code).toBe(3);
    keep('rpc', (await window.rpc('lever.prepare', { request: { action: 'traffic', to: 'standby' } })).text);
    await yard.switch('vercel-token', false);
    await yard.database.setPassword('another-password-0000');
    expect((await say('dump', '--json')).code).not.toBe(0);
    expect((await say('dump')).code).not.toBe(0);
    keep('rpc', (await window.rpc('lever.prepare', { request: { action: 'dump', task: 'create' } })).text);
    await yard.database.setPassword(password);
    await yard.switch('database-down', true);
    expect((await say('dump')).code).not.toBe(0);
    await yard.switch('database-down', false);
    await yard.switch('vercel-refuse', true);
    expect((await say('banner', 'off')).code).not.toBe(0);
    await yard.switch('vercel-refuse', false);
  });

  it('are nowhere to be read', async () => {
    for (const method of ['snapshot.get', 'dump.list']) keep('rpc', (await window.rpc(method)).text);
    keep('runs', (await say('runs', '--json')).stdout);
    keep('window', window.heard.join('\n'));
    isOver = true;
    await watcher;
    await watching.stop();
    keep('watch --json', watching.said.stdout + watching.said.stderr);
    for (const folder of [place.data, place.dumps])
      for (const name of await readdir(folder)) keep(join(folder, name), await readFile(join(folder, name), 'latin1'));
    const lines = seen.get('command lines') ?? '';
    expect(lines).toContain('pg_dump --format=custom');
    expect(lines).toContain('pg_restore');
    expect(seen.get('window')).toContain('run.finished');
    expect([...seen.keys()].some((name) => name.endsWith('history.db'))).toBe(true);
    expect(canaries.length).toBeGreaterThan(10);
    const found = [...seen].flatMap(([where, text]) =>
      canaries.filter((canary) => text.includes(canary)).map((canary) => `${where}: ${canary.slice(0, 12)}…`),
    );
    expect(found).toEqual([]);
  });
});
