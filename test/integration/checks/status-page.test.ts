import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type PageFormat, type StatusPageStandIn, startStatusPage } from '../../../simulator/status-page.ts';
import { check } from '../../support/check-ports.ts';
import { closedPort, serveHttp } from '../../support/http-server.ts';

const samples = fileURLToPath(new URL('../../../../shared/providers/samples/', import.meta.url));
const withSamples = existsSync(samples);
if (!withSamples) {
  console.warn('SKIPPED: the shared status page samples are not beside this checkout; only composed pages are tested.');
}

const pages: StatusPageStandIn[] = [];
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.stop()));
});

async function serve(format: PageFormat, document?: unknown): Promise<StatusPageStandIn> {
  const page = await startStatusPage({ format, document });
  pages.push(page);
  return page;
}

const ours = ['Frankfurt / Web Services'];

describe('a status-page check of a healthy page', () => {
  it.each<PageFormat>(['statuspage', 'incident-io', 'instatus', 'better-stack', 'slack'])(
    'finds out that it is %s',
    async (format) => {
      const page = await serve(format);
      const base = format === 'slack' ? `${page.url}/api/v2.0.0/current` : page.url;
      const seen = await check({ kind: 'status-page', url: base });
      expect(seen).toMatchObject({ outcome: 'up', status: 200, provider: { format, severity: 'none', incidents: [] } });
      expect(seen.latencyMs).toBeGreaterThan(0);
    },
  );

  it('asks once when it knows where the document is, and introduces itself', async () => {
    const page = await serve('better-stack');
    await check({ kind: 'status-page', url: page.url });
    const first = page.received.length;
    await check({ kind: 'status-page', url: page.url });
    expect(first).toBe(3);
    expect(page.received.slice(first).map((one) => one.path)).toEqual(['/index.json']);
    expect(page.received[0]?.headers['user-agent']).toMatch(/^signalbox\//);
  });

  it('asks one place only when the format is named', async () => {
    const page = await serve('instatus');
    await check({ kind: 'status-page', url: page.url, format: 'instatus' });
    expect(page.received.map((one) => one.path)).toEqual(['/summary.json']);
  });

  it('looks everywhere again after the page has moved to another product', async () => {
    const page = await serve('statuspage');
    const settings = { kind: 'status-page', url: page.url };
    await check(settings);
    await page.fail({ kind: 'answer', reply: { status: 404, body: 'gone' } }, 1);
    expect(await check(settings)).toMatchObject({ outcome: 'unknown', error: { code: 'http-status' } });
    expect((await check(settings)).outcome).toBe('up');
  });
});

describe('a status-page check of trouble', () => {
  it('is degraded, never down, when our component has it', async () => {
    const page = await serve('statuspage');
    page.setComponent('Frankfurt / Web Services', 'major_outage');
    expect(await check({ kind: 'status-page', url: page.url, components: ours })).toMatchObject({
      outcome: 'degraded',
      provider: {
        page: 'Render',
        severity: 'critical',
        components: [{ name: 'Frankfurt / Web Services', status: 'major_outage' }],
      },
      error: { message: 'Render reports: Frankfurt / Web Services: major outage (critical).' },
    });
  });

  it('tells the incident in the page’s own words', async () => {
    const page = await serve('statuspage');
    page.setIncidents([{ name: 'Major outage in Frankfurt', impact: 'major' }]);
    expect(await check({ kind: 'status-page', url: page.url, components: ours })).toMatchObject({
      outcome: 'degraded',
      error: { message: 'Render reports: "Major outage in Frankfurt" (major).' },
      provider: { incidents: [{ name: 'Major outage in Frankfurt', concernsUs: true, url: 'https://stspg.io/simulated' }] },
    });
  });

  it.each<PageFormat>(['statuspage', 'instatus', 'better-stack'])(
    'stays up while a minor incident is about another region (%s)',
    async (format) => {
      const page = await serve(format);
      page.setIncidents([{ name: 'Slow deploys in Oregon', impact: 'minor', components: ['Oregon / Web Services'] }]);
      expect(await check({ kind: 'status-page', url: page.url, components: ours })).toMatchObject({
        outcome: 'up',
        provider: { severity: 'none', incidents: [{ concernsUs: false }] },
      });
    },
  );

  it('takes the worst of all when no components are named', async () => {
    const page = await serve('statuspage');
    page.setIncidents([{ name: 'Slow deploys in Oregon', impact: 'minor' }]);
    expect(await check({ kind: 'status-page', url: page.url })).toMatchObject({
      outcome: 'degraded',
      provider: { severity: 'minor' },
    });
  });

  it('cannot vouch for a component that the page does not have', async () => {
    const page = await serve('statuspage');
    const settings = { kind: 'status-page', url: page.url, components: ['Frankfurt / Web Service'] };
    expect(await check(settings)).toMatchObject({
      outcome: 'unknown',
      error: {
        code: 'assertion',
        message: expect.stringMatching(/no component "Frankfurt \/ Web Service"\. Did you mean "Frankfurt \/ Web Services"/),
      },
    });
    page.setIncidents([{ name: 'Major outage in Frankfurt', impact: 'major' }]);
    expect((await check(settings)).outcome).toBe('degraded');
  });

  it('shows hostile text as plain data', async () => {
    const page = await serve('statuspage');
    page.setIncidents([{ name: '\u001b[2J<img src=x>\u202e Frankfurt', impact: 'major', update: 'x'.repeat(5_000) }]);
    const seen = await check({ kind: 'status-page', url: page.url, components: ours });
    expect(seen.provider?.incidents[0]?.name).toBe('<img src=x> Frankfurt');
    expect(seen.provider?.incidents[0]?.lastUpdate).toHaveLength(2_000);
  });
});

describe('a status-page check of a page that cannot be read', () => {
  it.each([
    [503, 'http-status'],
    [403, 'http-status'],
    [429, 'rate-limited'],
  ])('is unknown after %i, and asks only once', async (status, code) => {
    const page = await serve('statuspage');
    await page.fail({ kind: 'answer', reply: { status, body: 'no' } });
    expect(await check({ kind: 'status-page', url: page.url })).toMatchObject({ outcome: 'unknown', status, error: { code } });
    expect(page.received).toHaveLength(1);
  });

  it.each([
    ['HTML', '<html>'],
    ['other JSON', '{"status":"fine"}'],
    ['half a document', '{"page":{"name"'],
  ])('is unknown when it gets %s', async (_, body) => {
    const server = await serveHttp((__, response) => void response.end(body));
    expect(await check({ kind: 'status-page', url: server.url })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'protocol' },
    });
    await server.close();
  });

  it('is unknown when nobody listens, or nobody answers in time', async () => {
    const port = await closedPort();
    expect(await check({ kind: 'status-page', url: `http://127.0.0.1:${port}` })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'refused' },
    });
    const silent = await serveHttp(() => undefined);
    expect(await check({ kind: 'status-page', url: silent.url, timeout: '150ms' })).toMatchObject({
      outcome: 'unknown',
      error: { code: 'timeout' },
    });
    await silent.close();
  });
});

describe.skipIf(!withSamples)('the shared samples', () => {
  it.each([
    ['statuspage/summary-operational.json', 'statuspage', 'up', 'none'],
    ['statuspage/summary-frankfurt-outage.json', 'statuspage', 'degraded', 'critical'],
    ['statuspage/summary-maintenance.json', 'statuspage', 'up', 'none'],
  ] as const)('%s judged for Frankfurt', async (file, format, outcome, severity) => {
    const page = await serve(format, JSON.parse(await readFile(`${samples}${file}`, 'utf8')));
    expect(await check({ kind: 'status-page', url: page.url, components: ours })).toMatchObject({
      outcome,
      provider: { page: 'Render', format, severity },
    });
  });

  it('tells the Frankfurt outage with its words, time and link, and nothing of it to Oregon', async () => {
    const page = await serve(
      'statuspage',
      JSON.parse(await readFile(`${samples}statuspage/summary-frankfurt-outage.json`, 'utf8')),
    );
    const seen = await check({ kind: 'status-page', url: page.url, components: ours });
    expect(seen.error?.message).toBe('Render reports: "Services hosted in Frankfurt are unreachable" (major).');
    expect(seen.provider?.incidents).toEqual([
      {
        name: 'Services hosted in Frankfurt are unreachable',
        status: 'identified',
        impact: 'major',
        url: 'https://stspg.io/abc123',
        startedAt: '2026-11-20T08:58:00.000-08:00',
        lastUpdate: 'An upstream storage issue in Frankfurt (EU-Central) has been identified.',
        concernsUs: true,
      },
    ]);
    expect((await check({ kind: 'status-page', url: page.url, components: ['Oregon / Web Services'] })).outcome).toBe('up');
  });

  it.each([
    ['statuspage/summary-maintenance.json', 'statuspage', ['Oregon / Builds and Deploys'], 'up', 'maintenance'],
    ['incidentio/compat-summary-operational.json', 'incident-io', ['API Tier (api.rollbar.com)'], 'up', 'none'],
    ['instatus/summary-hasissues.json', 'instatus', [], 'degraded', 'critical'],
    ['instatus/summary-hasissues.json', 'instatus', ['API'], 'degraded', 'critical'],
    ['instatus/summary-hasissues.json', 'instatus', ['Dashboard'], 'up', 'none'],
    ['betterstack/index-operational.json', 'better-stack', [], 'up', 'none'],
    ['slack/current-ok.json', 'slack', [], 'up', 'none'],
  ] as const)('%s (%s) for %j', async (file, format, components, outcome, severity) => {
    const page = await serve(format, JSON.parse(await readFile(`${samples}${file}`, 'utf8')));
    const seen = await check({ kind: 'status-page', url: page.url, format, components });
    expect(seen).toMatchObject({ outcome, provider: { format, severity } });
  });
});
