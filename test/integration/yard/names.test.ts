// The real program against a yard that it knows by public-looking names: what only names can show. No name leaves loopback.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startYard, type Yard } from '../../../simulator/yard.ts';
import { type Line, type Workplace, workplace } from '../../support/watching.ts';

let yard: Yard;
let place: Workplace | null = null;
beforeAll(async () => {
  yard = await startYard({ fast: true, parts: ['names', 'database', 'api', 'witnesses', 'slack'] });
});
afterAll(() => yard.stop());
afterEach(async () => {
  await place?.close();
  await yard.mend();
});

const named = { named: true } as const;
const turns = (colour: string) => (line: Line) => line.event === 'signal.changed' && line.to === colour;
const environment = () => ({ ...yard.names.env, ...yard.secrets(named) });

async function lookUp(name: string, how: string): Promise<string> {
  const script = `import { lookup } from 'node:dns'; import { lookup as promised } from 'node:dns/promises';
    const show = (value) => console.log(JSON.stringify(value));
    ${how === 'callback' ? `lookup('${name}', { all: true }, (error, list) => show(error ? error.code : list))` : ''}
    ${how === 'promise' ? `promised('${name}', { family: 6 }).then(show, (error) => show(error.code))` : ''}
    ${how === 'fetch' ? `fetch('${name}').then(async (answer) => show(answer.status), (error) => show(error.cause.code))` : ''}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...yard.names.env },
  });
  return stdout.trim();
}

describe('a process with the yard’s names', () => {
  it('looks up the yard’s hosts and nobody else', async () => {
    const name = yard.database.names.direct;
    expect(await lookUp(name, 'callback')).toBe('[{"address":"127.0.0.1","family":4},{"address":"::1","family":6}]');
    expect(await lookUp(name, 'promise')).toBe('{"address":"::1","family":6}');
    expect(await lookUp('www.example.com', 'callback')).toBe('"ENOTFOUND"');
    expect(await lookUp(`http://${yard.hosts.api}:${new URL(yard.api.url).port}/`, 'fetch')).toBe('200');
    expect(await lookUp(`http://127.0.0.1:${new URL(yard.api.url).port}/`, 'fetch')).toBe('200');
  });

  it('loses a name, and every name without a network', async () => {
    const url = `http://${yard.hosts.api}:${new URL(yard.api.url).port}/`;
    await yard.switch('api-name-gone', true);
    expect(await lookUp(url, 'fetch')).toBe('"ENOTFOUND"');
    await yard.mend();
    await yard.switch('offline', true);
    expect(await lookUp(url, 'fetch')).toBe('"EAI_AGAIN"');
  });
});

describe('signalbox watch on a yard with names', () => {
  it('opens an incident when only the API is gone, and none while this machine is offline', async () => {
    place = await workplace(yard.settings(named));
    const watching = place.watch({ env: environment() });
    await watching.until(turns('green'), 30_000);
    await yard.switch('api-refuse', true);
    await watching.until((line) => line.event === 'incident.opened', 30_000);
    await yard.slack.waitFor(1);
    await yard.mend();
    const over = await watching.until((line) => line.event === 'incident.resolved', 30_000);
    await yard.slack.waitFor(2);

    await yard.switch('offline', true);
    await watching.until((line) => turns('grey')(line) && line.revision > over.revision, 30_000);
    await yard.mend();
    const back = await watching.until((line) => line.event === 'connectivity.changed' && line.to === 'online', 30_000);
    await watching.until((line) => turns('green')(line) && line.revision > back.revision, 30_000);
    expect(watching.lines.filter((line) => line.event === 'incident.opened')).toHaveLength(1);
    expect(yard.slack.posts).toHaveLength(2);
  });

  it('sees the real outage: the log-in fails, the index answers, this machine still reaches the database over IPv6', async ({
    skip,
  }) => {
    if (!yard.database.direct.available.includes('ipv6')) {
      console.warn('LEFT OUT: this machine has no IPv6 on its loopback, so an IPv6-only database cannot be shown.');
      skip();
    }
    await yard.switch('database-ipv6-only', true);
    place = await workplace(yard.settings(named));
    const { stdout } = await place.run(['check', '--json', 'api', 'login', 'db'], environment());
    const [api, login, db] = JSON.parse(stdout) as readonly Record<string, unknown>[];
    expect(api).toMatchObject({ outcome: 'up' });
    expect(login).toMatchObject({ outcome: 'down', error: { code: 'http-status' } });
    expect(db).toMatchObject({ outcome: 'up', families: { ipv4: null, ipv6: true } });
  });
});
