// The two outages of REPLAYS.md, played in the yard against the real engine: why it was down is said within ten seconds, with the
// evidence, the lever that helps or that none does, and the report afterwards holds every fact that a machine could know.
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../shared/events.ts';
import type { Incident } from '../../../shared/incident.ts';
import type { Input, MethodName, Output } from '../../../shared/ipc.ts';
import { type RunningDemo, startDemo } from '../../support/demo.ts';

let demo: RunningDemo;
afterEach(() => demo.stop());

async function call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
  const reply = await demo.engine.dispatch(method, input);
  if (!reply.ok) throw new Error(JSON.stringify(reply.error));
  return reply.value as Output<M>;
}

/** Plays it to its end; what the incident looked like at each of its changes. */
async function played(
  scenario: string,
): Promise<{ readonly told: readonly (readonly [at: number, incident: Incident])[]; readonly incident: Incident }> {
  demo = await startDemo();
  const told: (readonly [number, Incident])[] = [];
  demo.engine.subscribe((event: EngineEvent) => {
    if (event.event === 'incident.opened' || event.event === 'incident.updated')
      told.push([Date.parse(event.at), event.incident]);
  });
  const outcome = await demo.rehearsal.play(scenario, AbortSignal.timeout(90_000));
  expect(outcome.verdict.filter((line) => line.startsWith('✗'))).toEqual([]);
  const [incident] = await call('history.incidents', { before: null, limit: 1 });
  if (!incident) throw new Error('there was no incident');
  return { told, incident };
}

describe('REPLAYS A, the region goes down', () => {
  it('is explained by the provider’s own words, and Traffic is named', async () => {
    const { told, incident } = await played('frankfurt');
    const isNamed = ({ diagnosis }: Incident): boolean => diagnosis?.rule === 'provider-outage';
    const named = told.find(([, one]) => isNamed(one))?.[1];
    expect(named?.diagnosis).toMatchObject({
      sentence: 'Render reports a major outage in Frankfurt.',
      confidence: 'high',
      lever: 'traffic',
    });
    const evidence = named?.diagnosis?.evidence.map(({ source, text }) => `${source}: ${text}`).join('\n') ?? '';
    expect(evidence).toContain('Render’s status page');
    expect(evidence).toContain('Supabase reports no trouble.');
    // The page said so later than the outage began: ten seconds count from there.
    const reported = incident.timeline.find(({ kind, text }) => kind === 'provider' && text.startsWith('Render'));
    const diagnosed = incident.timeline.find(({ kind }) => kind === 'diagnosis');
    expect(Date.parse(diagnosed?.at ?? '') - Date.parse(reported?.at ?? '')).toBeLessThan(10_000);
    expect(incident.timeline.map(({ text }) => text).join('\n')).toContain('Render no longer reports trouble');

    const { markdown, name } = await call('incident.postmortem', { id: incident.id });
    expect(name).toContain(incident.id);
    const report = markdown.replaceAll('\\', '');
    for (const fact of [
      'Render reports a major outage in Frankfurt',
      'API (Frankfurt)',
      'Log in (reads the database)',
      'Nine Panels',
      'Banner on',
      'Traffic',
      'Dump',
      'Resolved',
    ]) {
      expect(report, fact).toContain(fact);
    }
    expect(report).toContain(String(new Date(incident.openedAt).getUTCFullYear()));
    expect(report).toContain(incident.openedAt.slice(11, 16));
    for (const heading of [
      'Basic information',
      'Incident summary',
      'Root cause',
      'Timeline',
      'Response and mitigation',
      'Lessons learned',
      'Action items',
    ]) {
      expect(report, heading).toContain(heading);
    }
  });
});

describe('REPLAYS B, the database loses IPv4', () => {
  it('is explained by the API’s own log line, with the pooler’s address, and no lever', async () => {
    const { told, incident } = await played('ipv6');
    const first = told.find(([, one]) => one.diagnosis?.rule === 'database-ipv6-only');
    expect((first?.[0] ?? Number.POSITIVE_INFINITY) - Date.parse(incident.detectedAt)).toBeLessThan(10_000);
    expect(incident.diagnosis).toMatchObject({ rule: 'database-ipv6-only', confidence: 'high', lever: null });
    const evidence = incident.diagnosis?.evidence.map(({ source, text }) => `${source}: ${text}`) ?? [];
    const line = evidence.find((text) => /log/i.test(text) && text.includes('Network unreachable')) ?? '';
    expect(line).toContain('problem reading blacklist table (psycopg2.OperationalError) connection to server at');
    expect(incident.diagnosis?.suggestion).toMatch(/postgresql:\/\/postgres\.\w+:\[password\]@[\w.]+:\d+\/postgres/);

    const { markdown } = await call('incident.postmortem', { id: incident.id });
    const report = markdown.replaceAll('\\', '');
    for (const fact of ['only an IPv6 address', 'Network unreachable', 'Log in (reads the database)', 'pooler'])
      expect(report, fact).toContain(fact);
    expect(report).not.toMatch(/probe-password-0000|stand-in-render-token/);
  });
});
