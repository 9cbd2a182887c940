// The connection doctor against a real Postgres, a stand-in of Supabase's API, and DNS as a test says it is.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareStored, type DoctorParts, examineConnection } from '../../main/compose-doctor.ts';
import type { Secrets } from '../../main/engine/ports.ts';
import { makeDispatch } from '../../main/ipc/dispatch.ts';
import { makeHandlers } from '../../main/ipc/handlers.ts';
import type { ConnectionReport } from '../../shared/doctor.ts';
import { FaultError } from '../../shared/fault.ts';
import { monitorBase } from '../../shared/monitor.ts';
import { type Settings, settingsSchema } from '../../shared/settings.ts';
import { type SupabaseStandIn, startSupabase } from '../../simulator/supabase.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { sampleLeverDeps } from '../unit/ipc/lever-samples.ts';
import { sampleReaders } from '../unit/ipc/reader-samples.ts';
import { sampleSnapshot } from '../unit/ipc/samples.ts';
import { sampleDesk } from '../unit/ipc/settings-samples.ts';

const ref = 'abcdefghijklmnopqrst';
let postgres: TestPostgres;
let supabase: SupabaseStandIn;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-doctor-'));
  [postgres, supabase] = await Promise.all([startPostgres(), startSupabase({ token: 'sbp_1', ref })]);
});
afterAll(async () => {
  await Promise.all([postgres?.close(), supabase?.stop(), rm(folder, { recursive: true, force: true })]);
});

const secretsOf = (held: Readonly<Record<string, string>>): Secrets => ({
  get: async (name) => (held[name] === undefined ? null : { value: held[name], source: 'keychain' }),
});

function settingsOf(file: Readonly<Record<string, unknown>>): Settings {
  return settingsSchema(monitorBase.extend({ kind: monitorBase.shape.id })).parse(file);
}

const ask = (text: string, change: Partial<DoctorParts> = {}): Promise<ConnectionReport> =>
  examineConnection({ text, settings: null, secrets: secretsOf({}), signal: new AbortController().signal, ...change });

const findingsOf = ({ findings }: ConnectionReport) => findings.map(({ level, id }) => `${level} ${id}`);

describe('examineConnection', () => {
  it('logs in and tells the server’s version', async () => {
    const report = await ask(postgres.url());
    expect(findingsOf(report)).toEqual(['ok driver-missing', 'ok read-as', 'ok login']);
    expect(report.findings.at(-1)?.message).toMatch(/^The login works; the server is Postgres \d+\.\d+/);
    expect(report.corrected).toBeNull();
  });

  it('logs in with a password as it was pasted, and says what must be encoded', async () => {
    expect(postgres.password).toContain('/');
    const text = `postgres://${postgres.user}:${postgres.password}@127.0.0.1:${postgres.port}/postgres`;
    const report = await ask(`psql "${text}"`);
    expect(findingsOf(report)).toEqual([
      'bad command',
      'bad quotes',
      'bad password-encoding',
      'ok driver-missing',
      'ok read-as',
      'ok login',
    ]);
    expect(report.corrected).toBe(`postgres://${postgres.user}:[password]@127.0.0.1:${postgres.port}/postgres`);
  });

  it('tells a wrong password, a wrong database and a wrong user apart from what is written wrongly', async () => {
    const wrong = await ask(postgres.url({ password: 'kX9canaryQ7' }));
    expect(wrong.findings[0]).toMatchObject({ id: 'login', level: 'bad', message: expect.stringContaining('password') });
    expect(JSON.stringify(wrong)).not.toContain('kX9canaryQ7');
    const database = await ask(postgres.url({ database: 'nothere' }));
    expect(database.findings[0]?.message).toContain('has no database "nothere"');
    const none = await ask(postgres.url({ database: '' }));
    expect(findingsOf(none)).toContain('bad no-database');
  });

  it('does not send its password where a placeholder stands', async () => {
    const report = await ask(postgres.url().replace(encodeURIComponent(postgres.password), '[YOUR-PASSWORD]'));
    expect(findingsOf(report)).toEqual(['bad placeholder', 'ok driver-missing', 'ok read-as']);
  });

  it('finds an IPv6-only host and asks Supabase for the pooler', async () => {
    const settings = settingsOf({ providers: { supabase: { token: '${secret:supabase-token}', ref, apiUrl: supabase.url } } });
    const report = await ask(
      `postgresql://postgres:${encodeURIComponent(postgres.password)}@db.${ref}.supabase.co:5432/postgres`,
      {
        settings,
        secrets: secretsOf({ 'supabase-token': 'sbp_1' }),
        // A documentation address (RFC 3849): nothing answers there.
        resolve: async (_host, family) => (family === 6 ? ['2001:db8::1'] : []),
      },
    );
    expect(findingsOf(report)).toContain('bad ipv6-only');
    expect(report.corrected).toBe(`postgresql://postgres.${ref}:[password]@aws-1-eu-central-1.pooler.supabase.com:5432/postgres`);
  });

  it('says that Supabase could not be asked, and goes on', async () => {
    const settings = settingsOf({ providers: { supabase: { token: 'wrong', ref, apiUrl: supabase.url } } });
    const report = await ask(`postgresql://postgres:x1y2@db.${ref}.supabase.co/postgres`, { settings, resolve: async () => [] });
    expect(findingsOf(report)).toEqual(expect.arrayContaining(['bad no-such-host', 'warn pooler-unknown']));
  });

  it('finds a pg_dump older than the server', async () => {
    const pgDump = join(folder, 'pg_dump');
    await writeFile(pgDump, '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.24"\n');
    await chmod(pgDump, 0o755);
    const settings = settingsOf({ dump: { connection: '${secret:database-url}', directory: folder, pgDump } });
    const report = await ask(postgres.url(), { settings });
    expect(report.findings[0]).toMatchObject({ id: 'pg-dump-old', message: expect.stringContaining('9.6') });
  });

  it('reads a stored secret, and says which is not set', async () => {
    const question = {
      settings: null,
      secrets: secretsOf({ 'database-url': postgres.url() }),
      signal: new AbortController().signal,
    };
    expect(findingsOf(await examineConnection({ ...question, secret: 'database-url' }))).toContain('ok login');
    await expect(examineConnection({ ...question, secret: 'other' })).rejects.toThrow(FaultError);
  });

  it('is told when nobody answers the login, and ends at once when it is cancelled', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const text = `postgres://app:x1y2z3@127.0.0.1:${port}/shop`;
    const controller = new AbortController();
    const cancelled = ask(text, { signal: controller.signal });
    silent.once('connection', () => controller.abort(new Error('enough')));
    await expect(cancelled).rejects.toThrow('enough');
    const report = await ask(text);
    expect(report.findings[0]).toMatchObject({ id: 'login', message: expect.stringContaining('within 4 s') });
    silent.close();
  });
});

describe('compareStored', () => {
  it('tells what differs and never a password', async () => {
    const held = {
      staging: `postgresql://${postgres.user}:kX9canaryQ7@127.0.0.1:${postgres.port}`,
      production: `${postgres.url()}?sslmode=prefer`,
    };
    const parts = { settings: null, secrets: secretsOf(held), signal: new AbortController().signal };
    const compared = await compareStored({ a: 'staging', b: 'production' }, parts);
    expect(compared.differences.map(({ what, a, b }) => [what, a, b])).toEqual([
      ['database', null, 'postgres'],
      ['sslmode', null, 'prefer'],
      ['login', 'fails', 'works'],
      ['password', null, null],
    ]);
    expect(compared.same).toEqual(expect.arrayContaining(['host', 'user', 'port']));
    expect(compared.problems.map(({ secret, finding }) => [secret, finding.id])).toEqual([
      ['staging', 'no-database'],
      ['staging', 'login'],
    ]);
    expect(JSON.stringify(compared)).not.toMatch(/kX9canaryQ7|correct horse/);
  });
});

describe('doctor.examine over the pipe', () => {
  it('answers with findings and the corrected URL, and never with what was pasted', async () => {
    const never = async () => {
      throw new Error('not asked here');
    };
    const dispatch = makeDispatch(
      makeHandlers({
        ...{ snapshot: () => sampleSnapshot(), tell: () => undefined, now: () => 0, checkNow: never, testAlert: never },
        history: { strips: () => ({}), latency: () => [], incidents: () => [], incident: () => null, runs: () => [] },
        ...sampleLeverDeps().deps,
        ...sampleReaders,
        desk: sampleDesk().desk,
        examineConnection: (question) =>
          examineConnection({ ...question, settings: null, secrets: secretsOf({}), signal: new AbortController().signal }),
      }),
    );
    const reply = await dispatch('doctor.examine', { text: `DATABASE_URL=${postgres.url({ password: 'kX9canaryQ7@/#' })}` });
    expect(reply).toMatchObject({
      ok: true,
      value: { corrected: `postgres://${postgres.user}:[password]@127.0.0.1:${postgres.port}/postgres` },
    });
    expect(JSON.stringify(reply)).not.toContain('kX9canaryQ7');
    expect(JSON.stringify(reply)).toContain('"id":"login"');
  });
});
