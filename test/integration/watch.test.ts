// Issue "The line is watched", point 2: the real program over a real API, a real Postgres, a real status-page document and
// stand-ins for Rollbar and Slack; one outage, one incident, one message each; killed in between.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RollbarStandIn, startRollbar } from '../../simulator/rollbar.ts';
import { type SlackStandIn, startSlack } from '../../simulator/slack.ts';
import { type StatusPageStandIn, startStatusPage } from '../../simulator/status-page.ts';
import { serveHttp, type TestServer } from '../support/http-server.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { type Line, type Workplace, workplace } from '../support/watching.ts';

const is = (event: string) => (line: Line) => line.event === event;
const turns = (colour: string) => (line: Line) => line.event === 'signal.changed' && line.to === colour;
const countOf = (lines: readonly Line[], event: string): number => lines.filter(is(event)).length;

let postgres: TestPostgres;
let page: StatusPageStandIn;
let slack: SlackStandIn;
let rollbar: RollbarStandIn;
let api: TestServer;
let place: Workplace;

beforeAll(async () => {
  postgres = await startPostgres();
  page = await startStatusPage({ format: 'statuspage' });
});
afterAll(async () => {
  await postgres.close();
  await page.stop();
});
afterEach(async () => {
  await place.close();
  await api.close();
  await slack.stop();
  await rollbar.stop();
});

const env = () => ({
  SIGNALBOX_SECRET_DATABASE_URL: postgres.url(),
  SIGNALBOX_SECRET_ROLLBAR_TOKEN: rollbar.token,
  SIGNALBOX_SECRET_ROLLBAR_READ_TOKEN: rollbar.readToken,
  SIGNALBOX_SECRET_SLACK_WEBHOOK: slack.webhook,
});

const stack = () => ({
  app: { name: 'Nine Panels', environment: 'production' },
  monitors: [
    {
      id: 'api',
      name: 'API',
      kind: 'http',
      role: 'api-primary',
      url: `${api.url}/`,
      interval: '2s',
      retryInterval: '500ms',
      timeout: '1s',
    },
    { id: 'db', name: 'Postgres', kind: 'postgres', role: 'database', connection: '${secret:database-url}', interval: '5s' },
    { id: 'render', name: 'Render', kind: 'status-page', role: 'provider', url: page.url, interval: '5s' },
  ],
  alerts: {
    desktop: { enabled: false },
    rollbar: { token: '${secret:rollbar-token}', readToken: '${secret:rollbar-read-token}', apiUrl: rollbar.url },
    slack: { webhook: '${secret:slack-webhook}' },
  },
});

async function open(): Promise<void> {
  [slack, rollbar, api] = await Promise.all([
    startSlack(),
    startRollbar(),
    serveHttp((_request, response) => response.end('{"ok":true}')),
  ]);
  place = await workplace(stack());
}

/** The same server again, on its old port. */
async function comeBack(): Promise<void> {
  api = await serveHttp((_request, response) => response.end('{"ok":true}'), '127.0.0.1', Number(new URL(api.url).port));
}

describe('signalbox watch', () => {
  it('is green, tells one outage once on every channel, and closes it everywhere', async () => {
    await open();
    const watching = place.watch({ env: env() });
    await watching.until(turns('green'));
    expect(watching.lines[0]).toMatchObject({ event: 'engine.started', url: null });

    const stopped = Date.now();
    await api.close();
    const opened = await watching.until(is('incident.opened'));
    expect(Date.parse(opened.at) - stopped).toBeLessThanOrEqual(2_000 + 500 + 1_000);
    expect(opened.incident).toMatchObject({ state: 'open', monitors: ['api'] });
    await slack.waitFor(1);
    await rollbar.waitFor(1);
    await watching.until(turns('red'));

    await comeBack();
    const resolved = await watching.until(is('incident.resolved'));
    expect(resolved.incident?.id).toBe(opened.incident?.id);
    await watching.until(
      (line) => line.event === 'alert.sent' && line.channel === 'rollbar' && line.revision > resolved.revision,
    );
    await slack.waitFor(2);
    expect(await watching.end('SIGTERM')).toEqual([0, null]);

    expect(countOf(watching.lines, 'incident.opened')).toBe(1);
    expect(watching.lines.at(-1)?.event).toBe('engine.stopped');
    expect(slack.posts).toHaveLength(2);
    expect(rollbar.items).toMatchObject([{ status: 'resolved', fingerprint: `signalbox-${opened.incident?.id}` }]);
    expect(rollbar.items[0]?.occurrences).toHaveLength(1);
    const revisions = watching.lines.map((line) => line.revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it('killed in the middle and started again keeps one incident, repeats nothing and loses nothing', async () => {
    await open();
    const first = place.watch({ env: env() });
    await first.until(turns('green'));
    await api.close();
    const opened = await first.until(is('incident.opened'));
    await first.until((line) => line.event === 'alert.sent' && line.channel === 'slack');
    await first.until((line) => line.event === 'alert.sent' && line.channel === 'rollbar');
    await first.end('SIGKILL');

    const second = place.watch({ env: env() });
    await second.until((line) => line.event === 'observation.recorded' && line.observation?.outcome === 'down');
    await second.end('SIGKILL');

    await comeBack();
    const third = place.watch({ env: env() });
    const resolved = await third.until(is('incident.resolved'));
    await slack.waitFor(2);
    await third.until((line) => line.event === 'alert.sent' && line.channel === 'rollbar');
    await third.end('SIGTERM');

    expect(resolved.incident?.id).toBe(opened.incident?.id);
    for (const watching of [second, third]) expect(countOf(watching.lines, 'incident.opened')).toBe(0);
    expect(slack.posts).toHaveLength(2);
    expect(rollbar.items).toMatchObject([{ status: 'resolved' }]);
    expect(rollbar.items[0]?.occurrences).toHaveLength(1);
    const list = JSON.parse((await place.run(['--json', 'incidents'])).stdout) as readonly { id: string }[];
    expect(list.map((incident) => incident.id)).toEqual([opened.incident?.id]);
  });

  it('says green and red in `status` as it happens', async () => {
    await open();
    const watching = place.watch({ env: env() });
    await watching.until(turns('green'));
    const green = JSON.parse((await place.run(['status', '--json'])).stdout) as {
      signal: string;
      monitors: { id: string; uptime: { h24: number } }[];
    };
    expect(green.signal).toBe('green');
    expect(green.monitors.map((monitor) => monitor.id)).toEqual(['api', 'db', 'render']);
    expect(green.monitors[0]?.uptime.h24).toBe(100);
    await api.close();
    await watching.until(turns('red'));
    const red = await place.run(['--json', 'status']);
    expect(red.code).toBe(1);
    expect(JSON.parse(red.stdout)).toMatchObject({ signal: 'red', incident: { state: 'open', monitors: ['api'] } });
  });

  it('takes notes and acknowledgements from the command line into the running engine', async () => {
    await open();
    const watching = place.watch({ env: env() });
    await watching.until(turns('green'));
    await api.close();
    const opened = await watching.until(is('incident.opened'));
    expect((await place.run(['incident', 'note', 'Render is on it'])).code).toBe(0);
    expect((await place.run(['incident', 'ack'])).code).toBe(0);
    await watching.until(turns('amber'));
    const shown = JSON.parse((await place.run(['--json', 'incident', 'show', opened.incident?.id ?? ''])).stdout) as {
      acknowledgedAt: string | null;
      timeline: { kind: string; text: string }[];
    };
    expect(shown.acknowledgedAt).not.toBeNull();
    expect(shown.timeline.filter((entry) => entry.kind === 'note').map((entry) => entry.text)).toEqual([
      'Render is on it',
      'Acknowledged; reminders stop.',
    ]);
  });

  it('keeps the running settings when the file is broken, says so, and takes up the next good one', async () => {
    await open();
    const watching = place.watch({ env: env() });
    await watching.until(turns('green'));
    await place.write({ ...stack(), monitors: [{ id: 'api', kind: 'http', url: 'not an address' }] });
    await watching.until(turns('amber'));
    expect(watching.said()).toMatch(/monitors\[0\]\.url/);
    const { monitors, ...rest } = stack();
    await place.write({
      ...rest,
      monitors: monitors.filter((monitor) => monitor.id !== 'render').map((monitor) => ({ ...monitor, id: `new-${monitor.id}` })),
    });
    await watching.until((line) => line.event === 'monitor.changed' && line.monitorId === 'new-api' && line.to === 'up');
  });

  it('lets a webhook hang without delaying records or the other channel', async () => {
    await open();
    await slack.fail({ kind: 'hang', ms: 15_000 });
    const watching = place.watch({ env: env() });
    await watching.until(turns('green'));
    await api.close();
    const opened = await watching.until(is('incident.opened'));
    const sent = await watching.until((line) => line.event === 'alert.sent' && line.channel === 'rollbar', 2_000);
    expect(Date.parse(sent.at) - Date.parse(opened.at)).toBeLessThan(1_500);
    const before = countOf(watching.lines, 'observation.recorded');
    const late = await watching.until((line) => line.event === 'alert.sent' && line.channel === 'slack', 20_000);
    expect(Date.parse(late.at) - Date.parse(opened.at)).toBeGreaterThan(14_000);
    expect(countOf(watching.lines, 'observation.recorded') - before).toBeGreaterThanOrEqual(6);
    expect(slack.received).toHaveLength(1);
  });

  it('refuses a second engine on the same data folder and names the first one’s window', async () => {
    await open();
    const watching = place.watch({ args: [], env: env() });
    const started = await watching.until(is('engine.started'));
    const second = await place.run(['--json', 'watch', '--no-window'], env());
    expect(second.code).toBe(2);
    const { error } = JSON.parse(second.stdout) as { error: { code: string; next: string } };
    expect(error.code).toBe('already-running');
    expect(started.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
    expect(error.next).toContain(started.url ?? 'no address');
  });
});

describe('a thousand monitors', () => {
  it('that go down together are one incident and one message per channel within ten seconds', async () => {
    await open();
    const monitors = Array.from({ length: 1_000 }, (_, index) => ({
      id: `m${index}`,
      kind: 'http',
      url: `${api.url}/${index}`,
      interval: '5s',
      retryInterval: '1s',
      timeout: '2s',
    }));
    await place.write({ ...stack(), monitors });
    const watching = place.watch({ env: env() });
    await watching.until(turns('green'), 30_000);
    const stopped = Date.now();
    await api.close();
    const opened = await watching.until(is('incident.opened'));
    await slack.waitFor(1);
    expect(Date.now() - stopped).toBeLessThan(10_000);
    await watching.until((line) => line.event === 'incident.updated' && line.incident?.monitors.length === 1_000, 40_000);
    await watching.end('SIGTERM');
    expect(opened.incident?.monitors).toHaveLength(1);
    expect(countOf(watching.lines, 'incident.opened')).toBe(1);
    expect(slack.posts).toHaveLength(1);
    expect(rollbar.items).toHaveLength(1);
  });
});
