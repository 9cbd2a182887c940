import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { readSidecar } from '../../../main/actions/dump-sidecar.ts';
import type { JournalRun } from '../../../main/engine/levers.ts';
import { realPgDump, rehearseWithDatabase } from './dump-database.ts';
import { depsFor, filesIn, makeOne, settingsFor } from './dump-rehearsal.ts';

const real = await realPgDump();
const yard = rehearseWithDatabase();

/** The journal's states of a dump that went well, as they were when a step was under way. */
async function statesOf(step: string, settings = settingsFor(yard.folder)): Promise<readonly JournalRun[]> {
  const { run, saved } = await makeOne(depsFor(yard.database.url('direct'), settings));
  expect(run).toMatchObject({ state: 'succeeded' });
  return saved
    .map((text) => JSON.parse(text) as JournalRun)
    .filter((entry) => entry.run.steps.some(({ name, state }) => name === step && state === 'running'));
}

const memoryOf = (entry: JournalRun): { readonly unfinished: readonly string[] } =>
  entry.memory as unknown as { readonly unfinished: readonly string[] };
const at = <T>(list: readonly T[], index: number): T => {
  const found = list.at(index);
  if (found === undefined) throw new Error('There is no such state.');
  return found;
};

describe.skipIf(!real)('a dump whose process died', () => {
  it('while pg_dump wrote: the orphan is ended, its file goes, and a new one is made', async () => {
    const states = await statesOf('Dump');
    await rm(yard.folder, { recursive: true });
    const entry = at(states, -1);
    const partial = join(yard.folder, 'old.dump.partial');
    execFileSync('mkdir', ['-p', yard.folder]);
    await writeFile(partial, 'half');
    const orphan = spawn('sh', ['-c', 'sleep 60; :', `--file=${partial}`]);
    const ended = once(orphan, 'exit');
    const memory = { ...entry.memory, unfinished: [partial], pid: orphan.pid ?? 0 };
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), {
      entry: { ...entry, memory },
    });
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(files).toHaveLength(3);
    expect(files.join()).not.toContain('old');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('and somebody else has the process id now: he is left alone', async () => {
    const states = await statesOf('Dump');
    const stranger = spawn('sleep', ['60']);
    const entry = at(states, -1);
    const memory = { ...entry.memory, unfinished: [join(yard.folder, 'old.dump.partial')], pid: stranger.pid ?? 0 };
    const { run } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), {
      entry: { ...entry, memory, direction: 'back' },
    });
    expect(run.state).toBe('cancelled');
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
  });

  it('while it was kept, before it had its name: it is finished', async () => {
    const states = await statesOf('Keep it');
    const before = at(
      states.filter(({ memory }) => memory.sha256 === undefined),
      -1,
    );
    const [dump = ''] = await filesIn(yard.folder);
    await rename(join(yard.folder, dump), join(yard.folder, `${dump}.partial`));
    await Promise.all(['.json', '.sha256'].map((end) => rm(join(yard.folder, dump + end))));
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), { entry: before });
    expect(run).toMatchObject({ state: 'succeeded', result: { file: join(yard.folder, dump) } });
    expect(files).toEqual([dump, `${dump}.json`, `${dump}.sha256`]);
  });

  it.each(['forward', 'back'] as const)('just after it got its name: it is whole, or gone (%s)', async (direction) => {
    const states = await statesOf('Keep it');
    const named = at(
      states.filter(({ memory }) => memory.sha256 !== undefined && memory.file === undefined),
      -1,
    );
    expect(memoryOf(named).unfinished.length).toBeGreaterThan(2);
    const before = await filesIn(yard.folder);
    const { run, files, remembered } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), {
      entry: { ...named, direction },
    });
    expect(run.state).toBe(direction === 'forward' ? 'succeeded' : 'cancelled');
    expect(files).toEqual(direction === 'forward' ? before : []);
    expect(remembered === null).toBe(direction === 'back');
  });

  it('and the archive was lost with the power: it is not kept', async () => {
    const states = await statesOf('Prove it can be read');
    const [dump = ''] = await filesIn(yard.folder);
    const entry = at(states, 0);
    await rename(join(yard.folder, dump), join(yard.folder, `${dump}.partial`));
    await Promise.all(['.json', '.sha256'].map((end) => rm(join(yard.folder, dump + end))));
    await writeFile(
      join(yard.folder, `${dump}.partial`),
      (await readFile(join(yard.folder, `${dump}.partial`))).subarray(0, 4_096),
    );
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settingsFor(yard.folder)), { entry });
    expect(run).toMatchObject({ state: 'failed', error: { code: 'dump-unreadable' } });
    expect(files).toEqual([]);
  });
});

describe.skipIf(!real)('a dump for the holder of a key', () => {
  it('is encrypted, and nothing readable stays beside it', async () => {
    const identity = await generateIdentity();
    const settings = settingsFor(yard.folder, { encryptTo: await identityToRecipient(identity) });
    const { run, files, journal } = await makeOne(depsFor(yard.database.url('direct'), settings));
    expect(run).toMatchObject({ state: 'succeeded', result: { encrypted: true, tables: 12 } });
    const [dump = ''] = files;
    expect(dump).toMatch(/\.dump\.age$/);
    expect(files).toEqual([dump, `${dump}.json`, `${dump}.sha256`]);
    expect(journal).not.toContain(identity);
    const path = join(yard.folder, dump);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readSidecar(path)).toMatchObject({ encryptedTo: [settings.encryptTo], sha256: run.result?.sha256 });
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const plain = join(yard.folder, 'plain');
    await writeFile(plain, await decrypter.decrypt(await readFile(path)));
    expect(execFileSync(real?.restore ?? '', ['--list', plain], { encoding: 'utf8' }).match(/ TABLE DATA /g)).toHaveLength(12);
  });

  it('is not kept when it was cancelled while being encrypted', async () => {
    const settings = settingsFor(yard.folder, { encryptTo: await identityToRecipient(await generateIdentity()) });
    const cancel = new AbortController();
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settings), {
      signal: cancel.signal,
      onRun: ({ steps }) => {
        if (steps[5]?.state === 'running') cancel.abort();
      },
    });
    expect(run.state).toBe('cancelled');
    expect(files).toEqual([]);
  });

  it('is found again when the process died after encrypting', async () => {
    const settings = settingsFor(yard.folder, { encryptTo: await identityToRecipient(await generateIdentity()) });
    const states = await statesOf('Encrypt', settings);
    const [dump = ''] = await filesIn(yard.folder);
    await rename(join(yard.folder, dump), join(yard.folder, `${dump}.partial`));
    await Promise.all(['.json', '.sha256'].map((end) => rm(join(yard.folder, dump + end))));
    await writeFile(join(yard.folder, dump.replace(/\.age$/, '.partial')), 'plain');
    const { run, files } = await makeOne(depsFor(yard.database.url('direct'), settings), { entry: at(states, -1) });
    expect(run).toMatchObject({ state: 'succeeded' });
    expect(files).toEqual([dump, `${dump}.json`, `${dump}.sha256`]);
  });
});

describe.skipIf(!real)('older dumps', () => {
  it('go when there are more than are kept', async () => {
    const settings = settingsFor(yard.folder, { keep: 2 });
    const names: (string | undefined)[] = [];
    for (let made = 0; made < 3; made += 1) {
      const clock = { now: () => Date.parse('2026-11-23T14:00:00Z') + made * 60_000, monotonic: () => performance.now(), after };
      const { run } = await makeOne(depsFor(yard.database.url('direct'), settings, { clock }));
      expect(run).toMatchObject({ state: 'succeeded' });
      names.push(String(run.result?.file).split('/').at(-1));
    }
    const dumps = (await filesIn(yard.folder)).filter((name) => name.endsWith('.dump'));
    expect(dumps).toEqual(names.slice(1));
  });
});

function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
