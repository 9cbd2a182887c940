// This machine's network really goes away: a network namespace whose loopback is taken down for a while. And an address
// family that really cannot be reached. Neither may open an incident (REPLAYS.md, scenario C).
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { serveHttp } from '../support/http-server.ts';
import { type Line, type Workplace, workplace } from '../support/watching.ts';

const goneMs = 12_000;
const frozenMs = 7_000;
const turns = (colour: string) => (line: Line) => line.event === 'signal.changed' && line.to === colour;

const canUnshare = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
if (!canUnshare) console.warn('LEFT OUT: the network-namespace test needs root, `unshare` (util-linux) and `ip` (iproute2).');

let place: Workplace | null = null;
let holder: ChildProcess | null = null;
afterEach(async () => {
  await place?.close();
  holder?.kill('SIGKILL');
});

/** A namespace with its loopback up, kept by a sleeping process; returns how to run things inside. */
async function namespace(): Promise<readonly string[]> {
  holder = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up && echo ready && exec sleep 300'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!holder.stdout) throw new Error('unshare has no output');
  await once(holder.stdout, 'data');
  return ['nsenter', '-t', String(holder.pid), '-n'];
}

const server = `require('node:http').createServer((_, answer) => answer.end('ok')).listen(18080, '127.0.0.1', () => console.log('listening'))`;

describe('a machine without a network', () => {
  it.skipIf(!canUnshare)(
    'opens no incident, says offline, shows the gap, and is green again by itself',
    async () => {
      const inside = await namespace();
      const [enter, ...rest] = inside as [string, ...string[]];
      const api = spawn(enter, [...rest, process.execPath, '-e', server], { stdio: ['ignore', 'pipe', 'inherit'] });
      if (api.stdout) await once(api.stdout, 'data');
      try {
        const monitors = Array.from({ length: 100 }, (_, index) => ({
          id: `m${index}`,
          kind: 'http',
          url: `http://127.0.0.1:18080/${index}`,
          interval: '3s',
          retryInterval: '500ms',
          timeout: '1s',
        }));
        place = await workplace({ monitors, alerts: { desktop: { enabled: false } } });
        const watching = place.watch({ wrapper: inside });
        await watching.until(turns('green'), 20_000);

        spawnSync(enter, [...rest, 'ip', 'link', 'set', 'lo', 'down']);
        const grey = await watching.until(turns('grey'));
        await watching.until((line) => line.event === 'connectivity.changed' && line.to === 'offline');
        // The outage has to last: real time is what is tested here.
        await new Promise((resolve) => setTimeout(resolve, goneMs));
        spawnSync(enter, [...rest, 'ip', 'link', 'set', 'lo', 'up']);
        await watching.until((line) => turns('green')(line) && line.revision > grey.revision, 30_000);

        const status = JSON.parse((await place.run(['--json', 'status'])).stdout) as {
          monitors: { uptime: { h24: number | null } }[];
        };
        expect(status.monitors.map((monitor) => monitor.uptime.h24)).toEqual(monitors.map(() => 100));
        await watching.end('SIGTERM');
        expect(watching.lines.filter((line) => line.event.startsWith('incident.') || line.event.startsWith('alert.'))).toEqual(
          [],
        );
        expect(watching.lines.some((line) => line.observation?.error?.code === 'offline')).toBe(true);
      } finally {
        api.kill('SIGKILL');
      }
    },
    90_000,
  );
});

describe('a process that was frozen', () => {
  it('claims nothing about the time it slept through, and opens no incident', async () => {
    const api = await serveHttp((_request, response) => response.end('ok'));
    try {
      const monitors = Array.from({ length: 50 }, (_, index) => ({
        id: `m${index}`,
        kind: 'http',
        url: `${api.url}/${index}`,
        interval: '2s',
        timeout: '1s',
      }));
      place = await workplace({ monitors, alerts: { desktop: { enabled: false } } });
      const watching = place.watch();
      const green = await watching.until(turns('green'));
      watching.signal('SIGSTOP');
      // The freeze has to last: real time is what is tested here.
      await new Promise((resolve) => setTimeout(resolve, frozenMs));
      watching.signal('SIGCONT');
      const grey = await watching.until(turns('grey'));
      expect(grey.revision).toBeGreaterThan(green.revision);
      await watching.until((line) => turns('green')(line) && line.revision > grey.revision, 20_000);
      await watching.end('SIGTERM');
      expect(watching.lines.filter((line) => line.event.startsWith('incident.') || line.event.startsWith('alert.'))).toEqual([]);
    } finally {
      await api.close();
    }
  });
});

describe('an address family that cannot be reached', () => {
  it('is told as unreachable, and silent while the witnesses are silent too', async () => {
    // 2001:db8::/32 is reserved for documentation (RFC 3849): no packet for it leaves this machine.
    place = await workplace({
      monitors: [
        { id: 'v6', kind: 'http', url: 'http://[2001:db8::1]/', interval: '1s', retryInterval: '200ms', timeout: '800ms' },
      ],
      connectivity: { probes: ['https://127.0.0.1:9/'] },
      alerts: { desktop: { enabled: false } },
    });
    const watching = place.watch();
    await watching.until((line) => line.event === 'monitor.changed' && line.to === 'unknown', 20_000);
    await watching.until((line) => line.event === 'connectivity.changed' && line.to === 'offline');
    await watching.end('SIGTERM');
    const failed = watching.lines.find((line) => line.observation?.error);
    expect(['unreachable', 'timeout', 'offline']).toContain(failed?.observation?.error?.code);
    expect(watching.lines.filter((line) => line.event.startsWith('incident.') || line.event.startsWith('alert.'))).toEqual([]);
  });
});
