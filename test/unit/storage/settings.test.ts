// The settings file: refused with path and reason, reloaded when it changes, saved whole or not at all.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openSettings, type SettingsFile, type SettingsOptions } from '../../../main/storage/settings.ts';
import { FaultError } from '../../../shared/fault.ts';
import { monitorBase } from '../../../shared/monitor.ts';
import { type Settings, settingsSchema } from '../../../shared/settings.ts';
import { temporaryFolder } from '../../support/history-values.ts';

const http = monitorBase.extend({ kind: z.literal('http'), url: z.url() });
const tcp = monitorBase.extend({ kind: z.literal('tcp'), host: z.string(), port: z.int().min(1).max(65_535) });
const schema: z.ZodType<Settings> = settingsSchema(z.discriminatedUnion('kind', [http, tcp]));

const api = { id: 'api', kind: 'http', url: 'https://api.example.com/' };

function write(value: unknown, folder = temporaryFolder()): string {
  const file = join(folder, 'settings.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

function refusal(value: unknown): FaultError {
  try {
    openSettings({ file: write(value), schema });
  } catch (error: unknown) {
    if (error instanceof FaultError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('opening settings', () => {
  it('fills in defaults and leaves the file untouched', () => {
    const text = JSON.stringify({ $schema: './x.json', monitors: [api] });
    const file = write(text);
    const settings = openSettings({ file, schema });
    expect(settings.current().monitors[0]).toMatchObject({ id: 'api', failureThreshold: 2 });
    expect(settings.current().limits.perHost).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(join(file, '..'))).toEqual(['settings.json']);
  });

  it('reads a file of version 1', () => {
    const text = readFileSync(new URL('../../fixtures/settings/v1.json', import.meta.url), 'utf8');
    expect(openSettings({ file: write(text), schema }).current()).toMatchObject({
      app: { name: 'Nine Panels', environment: 'production' },
      monitors: [
        { id: 'api', interval: '30s' },
        { id: 'cache', port: 6379 },
      ],
      connectivity: { probes: [] },
    });
  });

  it('says where to create a missing file, and what to put into it', () => {
    const file = join(temporaryFolder(), 'settings.json');
    expect(() => openSettings({ file, schema })).toThrow(
      expect.objectContaining({ code: 'settings-missing', message: expect.stringContaining(file), exitCode: 2 }),
    );
    const next = (() => {
      try {
        openSettings({ file, schema });
      } catch (error: unknown) {
        return (error as FaultError).next;
      }
      return '';
    })();
    const minimal = /\{.*\}(?=, or name)/.exec(next)?.[0] ?? '';
    expect(schema.safeParse(JSON.parse(minimal)).success).toBe(true);
  });

  it('says that a folder in its place cannot be read', () => {
    const file = join(temporaryFolder(), 'settings.json');
    mkdirSync(file);
    expect(() => openSettings({ file, schema })).toThrow(expect.objectContaining({ code: 'settings-unreadable' }));
  });

  it.each([
    [{ monitors: [api, api] }, 'monitors[1].id: "api" is used twice; ids must differ'],
    [{ monitors: [{ ...api, interval: 'soon' }] }, 'monitors[0].interval: write a duration such as "250ms", "30s", "5m" or "1h"'],
    [{ monitors: [{ ...api, intervall: '1m' }] }, 'monitors[0]: unknown key "intervall"; did you mean "interval"?'],
    [{ monitors: [{ ...api, prot: 1 }] }, 'monitors[0]: unknown key "prot"; did you mean "port"?'],
    [{ monitors: [{ ...api, zebra: 1 }] }, 'monitors[0]: unknown key "zebra"'],
    [{ monitor: [] }, 'unknown key "monitor"; did you mean "monitors"?'],
    [{ alerts: { slak: {} } }, 'alerts: unknown key "slak"; did you mean "slack"?'],
    [{ monitors: [{ ...api, kind: 'htpp' }] }, 'monitors[0].kind: must be "http", "tcp"'],
    [{ monitors: [{ id: 'db', kind: 'tcp', host: 'db', port: '5432' }] }, 'monitors[0].port: must be a number'],
    [{ monitors: [{ id: 'db', kind: 'tcp', port: 5432 }] }, 'monitors[0].host: is missing'],
    [{ monitors: [{ ...api, url: 'example' }] }, 'monitors[0].url: must be an address such as https://example.com/'],
    [{ monitors: {} }, 'monitors: must be an array'],
    [
      { connectivity: { probes: [{ ulr: 'https://a.example' }] } },
      'connectivity.probes[0].url: is missing; connectivity.probes[0]: unknown key "ulr"; did you mean "url"?',
    ],
    [{ banner: { via: 'magic' } }, 'banner.via: must be "global-config" or "vercel-env" or "statuspage"'],
  ])('refuses %j by path and reason', (value, said) => {
    const fault = refusal(value);
    expect(fault.code).toBe('settings-invalid');
    expect(fault.message.replace(/^.*settings\.json: /, '')).toBe(`${said}.`);
    expect(fault.next).toContain('nothing was changed');
  });

  it('names at most three mistakes at once', () => {
    expect(refusal({ a: 1, b: 2, c: 3, d: 4, e: 5 }).message).toMatch(/unknown key "c"; and 2 more\.$/);
  });
});

type Change = Parameters<Parameters<SettingsFile['watch']>[0]>[0];

/** Watches, and hands out the changes one after another as they arrive. */
function watched(options: SettingsOptions) {
  const settings = openSettings(options);
  const changes: Change[] = [];
  const waiting: ((change: Change) => void)[] = [];
  const stop = settings.watch((change) => {
    const resolve = waiting.shift();
    if (resolve) resolve(change);
    else changes.push(change);
  });
  onTestFinished(stop);
  const next = (): Promise<Change> => {
    const change = changes.shift();
    return change ? Promise.resolve(change) : new Promise((resolve) => waiting.push(resolve));
  };
  return { settings, next, stop, pending: changes };
}

describe('watching settings', () => {
  it('hands over a good edit, also one that replaces the file', async () => {
    const file = write({ monitors: [api] });
    const { settings, next } = watched({ file, schema });
    writeFileSync(file, JSON.stringify({ app: { name: 'Two' }, monitors: [api] }));
    expect(await next()).toMatchObject({ settings: { app: { name: 'Two' } } });
    writeFileSync(`${file}.swap`, JSON.stringify({ app: { name: 'Three' }, monitors: [] }));
    renameSync(`${file}.swap`, file);
    expect(await next()).toMatchObject({ settings: { app: { name: 'Three' } } });
    expect(settings.current().app.name).toBe('Three');
  });

  it('tells a bad edit once, keeps what ran, and tells when it is mended', async () => {
    const good = JSON.stringify({ app: { name: 'One' }, monitors: [api] });
    const file = write(good);
    const { settings, next } = watched({ file, schema });
    writeFileSync(file, '{ "monitors": [ }');
    expect(await next()).toEqual({ problem: expect.stringContaining('line 1, column 17') });
    writeFileSync(file, '{ "monitors": 5 }');
    expect(await next()).toEqual({ problem: expect.stringContaining('monitors: must be an array') });
    expect(settings.current().app.name).toBe('One');
    rmSync(file);
    expect(await next()).toEqual({ problem: expect.stringContaining('There is no settings file') });
    writeFileSync(file, good);
    expect(await next()).toMatchObject({ settings: { app: { name: 'One' } } });
  });

  it('is silent about other files, unchanged content and after it was stopped', async () => {
    const file = write({ monitors: [api] });
    const { next, pending, stop } = watched({ file, schema });
    writeFileSync(join(file, '..', 'other.json'), '{}');
    writeFileSync(file, readFileSync(file));
    writeFileSync(file, JSON.stringify({ monitors: [] }));
    expect(await next()).toMatchObject({ settings: { monitors: [] } });
    expect(pending).toEqual([]);
    stop();
    const other = watched({ file, schema });
    writeFileSync(file, JSON.stringify({ app: { name: 'Late' } }));
    expect(await other.next()).toMatchObject({ settings: { app: { name: 'Late' } } });
    expect(pending).toEqual([]);
  });

  it('follows a symlink into another folder', async () => {
    const real = write({ monitors: [api] });
    const link = join(temporaryFolder(), 'settings.json');
    symlinkSync(real, link);
    const { next } = watched({ file: link, schema });
    writeFileSync(real, JSON.stringify({ app: { name: 'Linked' } }));
    expect(await next()).toMatchObject({ settings: { app: { name: 'Linked' } } });
  });
});

describe('saving settings', () => {
  it('replaces the file, keeps $schema and mode, and tells the watcher', async () => {
    const file = write({ $schema: './signalbox.schema.json', monitors: [api] });
    const mode = statSync(file).mode;
    const { settings, next } = watched({ file, schema });
    expect(settings.save({ app: { name: 'Saved' }, monitors: [api] }).app.name).toBe('Saved');
    expect(await next()).toMatchObject({ settings: { app: { name: 'Saved' } } });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      $schema: './signalbox.schema.json',
      app: { name: 'Saved' },
      monitors: [api],
    });
    expect(statSync(file).mode).toBe(mode);
  });

  it('writes nothing that would be refused', () => {
    const file = write({ monitors: [api] });
    const before = readFileSync(file, 'utf8');
    const settings = openSettings({ file, schema });
    expect(() => settings.save({ monitors: 5 })).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it("keeps a copy of somebody's unfinished edit", () => {
    const file = write({ monitors: [api] });
    const settings = openSettings({ file, schema, now: () => Date.parse('2026-11-23T12:00:00Z') });
    writeFileSync(file, '{ "monitors": [');
    settings.save({ monitors: [] });
    expect(readFileSync(join(file, '..', 'settings.bad-20261123T120000.json'), 'utf8')).toBe('{ "monitors": [');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ monitors: [] });
  });
});

describe('migrating settings', () => {
  const migrations: SettingsOptions['migrations'] = [
    {
      version: 2,
      applies: (raw) => 'checks' in raw,
      migrate: ({ checks, ...rest }) => ({ ...rest, watches: checks }),
    },
    {
      version: 3,
      applies: (raw) => 'watches' in raw,
      migrate: ({ watches, ...rest }) => ({ ...rest, monitors: watches }),
    },
  ];

  it('takes each step in turn and keeps the file as it was', () => {
    const old = JSON.stringify({ checks: [api] });
    const file = write(old);
    const settings = openSettings({ file, schema, migrations, now: () => Date.parse('2026-11-23T12:00:00Z') });
    expect(settings.current().monitors).toHaveLength(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ monitors: [api] });
    expect(readFileSync(join(file, '..', 'settings.before-v3-20261123T120000.json'), 'utf8')).toBe(old);
  });

  it('that ends in something invalid changes nothing', () => {
    const file = write({ checks: 7 });
    expect(() => openSettings({ file, schema, migrations })).toThrow(expect.objectContaining({ code: 'settings-invalid' }));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ checks: 7 });
    expect(readdirSync(join(file, '..'))).toEqual(['settings.json']);
  });
});
