import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Services } from '../../../main/cli/services.ts';
import { writePostmortem } from '../../../main/compose-postmortem.ts';
import { facts, frankfurt, runs } from '../core/postmortem-samples.ts';
import { settingsOf, signalbox } from './harness.ts';

const settings = settingsOf({
  app: { name: 'Nine Panels', environment: 'production' },
  monitors: facts.monitors.map(({ id, name, role }) => ({ id, name, role, kind: 'http' })),
});
let incident = frankfurt;
const services: Partial<Services> = {
  postmortem: async (_place, id, { now, previous }) =>
    id === frankfurt.id
      ? writePostmortem({ incident, runs: () => runs, settings, now, previous, timeZone: 'Europe/Berlin' })
      : null,
};
const id = frankfurt.id;
let folder = '';

beforeEach(async () => {
  incident = frankfurt;
  folder = await mkdtemp(join(tmpdir(), 'signalbox-postmortem-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const write = (...rest: readonly string[]) => signalbox(['postmortem', id, ...rest], { services, cwd: folder });

describe('postmortem', () => {
  it('prints Markdown', async () => {
    const { code, stdout } = await write();
    expect(code).toBe(0);
    expect(stdout).toContain('# Postmortem: API (Frankfurt) and Log in are down\n');
    expect(stdout).toContain('- **Affected services:** API (Frankfurt), Log in\n');
    expect(stdout.endsWith('\n') && !stdout.endsWith('\n\n')).toBe(true);
  });

  it('prints data with --json', async () => {
    const answer = await write('--json');
    expect(answer.json()).toMatchObject({ incident: id, durationMs: 1_500_000, services: ['API (Frankfurt)', 'Log in'] });
  });

  it.each(['inc-20200101-000000', 'nonsense\u001b[31m'])('ends with 2 for an incident that is not there', async (unknown) => {
    const answer = await signalbox(['postmortem', unknown, '--json'], { services });
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code: 'unknown-incident' } });
  });
});

describe('postmortem --out', () => {
  it('writes a file like any other, and leaves nothing beside it', async () => {
    const { code, stdout } = await write('--out', 'outage.md');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Wrote ${join(folder, 'outage.md')}\n` });
    expect(await readdir(folder)).toEqual(['outage.md']);
    expect((await stat(join(folder, 'outage.md'))).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it('keeps what was typed and brings the rest up to date', async () => {
    const file = join(folder, 'outage.md');
    incident = { ...frankfurt, resolvedAt: null, state: 'open' };
    await write('--out', 'outage.md');
    const typed = (await readFile(file, 'utf8'))
      .replace(/_To fill in: names_/, 'Martin')
      .replace('## Updates', '## Updates\n\nMine.');
    await writeFile(file, typed);
    await chmod(file, 0o640);
    incident = frankfurt;
    const { stdout } = await write('--out', 'outage.md');
    expect(stdout).toBe(`Brought up to date: ${file}\n`);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('**Written by:** Martin');
    expect(text).toContain('## Updates\n\nMine.');
    expect(text).toContain('- **Duration:** 25 min');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    const again = await write('--out', 'outage.md', '--json');
    expect(again.json()).toMatchObject({ incident: id, file });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('writes through a link', async () => {
    await writeFile(join(folder, 'real.md'), '');
    await symlink('real.md', join(folder, 'link.md'));
    expect((await write('--out', 'link.md')).code).toBe(0);
    expect(await readFile(join(folder, 'real.md'), 'utf8')).toContain('# Postmortem');
  });

  it.each([
    ['somebody’s notes', '# My notes\n'],
    ['the postmortem of another incident', `<!-- signalbox:postmortem inc-20200101-000000 -->\n`],
  ])('does not touch %s', async (_, text) => {
    await writeFile(join(folder, 'notes.md'), text);
    const answer = await write('--out', 'notes.md', '--json');
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code: 'not-this-postmortem' } });
    expect(await readFile(join(folder, 'notes.md'), 'utf8')).toBe(text);
  });

  it('says what is wrong with a file that cannot be used', async () => {
    await mkdir(join(folder, 'directory'));
    await writeFile(join(folder, 'bytes.md'), Buffer.from([0xff, 0xfe, 0x00]));
    for (const path of ['directory', 'bytes.md', 'missing/outage.md']) {
      const answer = await write('--out', path, '--json');
      expect(answer.code, path).toBe(2);
      expect(answer.json(), path).toMatchObject({ error: { code: 'file-unfit' } });
    }
    expect(await readdir(folder)).toEqual(['bytes.md', 'directory']);
  });
});
