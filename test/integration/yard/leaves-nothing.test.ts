// What a yard leaves behind: nothing. Alone in its file, so that no other server of this process is counted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startYard } from '../../../simulator/yard.ts';

/** Processes that descend from this one, by their command lines. */
function children(pid = process.pid): string[] {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return ids.flatMap((id) => [readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '), ...children(id)]);
}

/** Ports on which anything listens in this network namespace. */
function listening(): Set<string> {
  const lines = ['tcp', 'tcp6', 'udp'].flatMap((kind) => readFileSync(`/proc/net/${kind}`, 'utf8').trim().split('\n').slice(1));
  // Columns 2 and 4: local address, state (0A listens, 07 is an open UDP socket).
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return new Set(rows.filter((row) => row[3] === '0A' || row[3] === '07').map((row) => row[1] ?? ''));
}

const resources = (): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|UDP|Pipe|Process|Timeout/.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};
/** A temporary folder of our own: other programs' files come and go in the usual one. */
let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'signalbox-leaves-'));
  // Postgres may run as another user, which has to get in.
  chmodSync(temporary, 0o755);
  vi.stubEnv('TMPDIR', temporary);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});
const leftovers = (): string[] => readdirSync(temporary);

describe('a stopped yard', () => {
  const canCount = existsSync('/proc/net/tcp') && existsSync(`/proc/${process.pid}/task/${process.pid}/children`);
  if (!canCount) console.warn('LEFT OUT: counting processes and sockets needs Linux’s /proc.');

  it.skipIf(!canCount)('leaves no process, socket, timer or file, also when it is stopped while broken', async () => {
    const own = new Set(children());
    const before = resources();
    const another = await startYard({ fast: true });
    const ports = [...Object.values(another.addresses), another.api.secureUrl].map((url) => Number(new URL(url).port));
    ports.push(another.database.direct.port, another.database.pooler.port, Number(another.names.resolver.split(':')[1]));
    const hex = ports.map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`);
    const open = (): string[] => hex.filter((end) => [...listening()].some((address) => address.endsWith(end)));
    expect(open()).toEqual(hex);
    expect(leftovers().length).toBeGreaterThan(1);
    expect(children().filter((one) => !own.has(one)).length).toBeGreaterThan(0);
    // Something under way in every corner: a hanging request, a waking standby, a client of the database, a flapping API.
    const hanging = [fetch(another.standby.url), fetch(another.slack.url, { method: 'POST' })].map((one) =>
      one.catch(() => null),
    );
    await another.switch('slack-hang', true);
    await another.switch('drop-mid-dump', true);
    await another.switch('api-flap', true);
    await another.stop();
    await Promise.all(hanging);

    expect(open()).toEqual([]);
    expect(children().filter((one) => !own.has(one))).toEqual([]);
    expect(leftovers()).toEqual([]);
    expect(existsSync(another.folder)).toBe(false);
    await expect.poll(resources, { timeout: 5_000 }).toEqual(before);
  });

  it.skipIf(!canCount)('is gone after Ctrl-C, which reaches Postgres as well', async () => {
    const module = new URL('../../../simulator/yard.ts', import.meta.url).href;
    const script = `import { startYard } from '${module}';
      const yard = await startYard({ parts: ['database', 'api'] });
      process.once('SIGINT', () => yard.stop().then(() => console.log('stopped')));
      console.log(yard.folder);`;
    // A group of its own: a terminal sends Ctrl-C to all that it started.
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await once(child.stdout, 'data');
    const group = child.pid ?? 0;
    process.kill(-group, 'SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toContain('stopped');
    expect(leftovers()).toEqual([]);
    // No process is left in the group.
    expect(() => process.kill(-group, 0)).toThrow(/ESRCH/);
  });
});
