import { describe, expect, it } from 'vitest';
import { drillEveryMs, type LeverFacts, leverView } from '../../../main/actions/lever-view.ts';
import { settings as format } from '../../../main/checks/registry.ts';
import type { LeverMemory } from '../../../main/engine/levers.ts';

const now = Date.parse('2026-01-02T03:04:05.678Z');
const whole = {
  providers: { vercel: { token: 't', project: 'web' } },
  banner: { via: 'global-config', globalConfigId: 'ecfg_1' },
  traffic: {
    ...{ via: ['promote-twin'], primary: 'https://a.example.com', standby: 'https://b.example.com' },
    verifyUrl: 'https://example.com/',
  },
  dump: { connection: '${secret:database-url}', directory: '~/dumps' },
};

function view(settings: object, memory: Partial<LeverMemory> = {}, change: Partial<LeverFacts> = {}) {
  const facts: LeverFacts = {
    settings: format.parse(settings),
    journal: { recall: (name) => memory[name] ?? null },
    ...{ warning: null, suggestion: null, twin: null, now },
    ...change,
  };
  return leverView(facts);
}

describe('how the levers stand', () => {
  it.each([
    ['nothing', {}, [false, false, false, false]],
    ['everything', whole, [true, true, true, true]],
    ['no Vercel', { ...whole, providers: {} }, [false, false, true, false]],
    ['a banner without its Global Config', { ...whole, banner: { via: 'global-config' } }, [false, true, true, true]],
    ['a banner at Statuspage without it', { ...whole, banner: { via: 'statuspage' } }, [false, true, true, true]],
  ])('with %s set up', (_name, settings, ready) => {
    const { levers } = view(settings);
    expect([levers.banner.ready, levers.traffic.ready, levers.dump.ready, levers.drill.ready]).toEqual(ready);
    for (const lever of Object.values(levers)) expect(lever.problem === null).toBe(lever.ready);
  });

  it('shows positions as they were last verified', () => {
    const { banner, traffic } = view(whole, {
      traffic: { target: 'standby', way: 'promote-twin', verifiedAt: now, at: now },
      banner: {
        on: true,
        text: 'Down',
        severity: 'critical',
        expiresAt: null,
        way: 'global-config',
        verifiedAt: now,
        handle: {},
      },
    });
    expect(traffic).toEqual({ target: 'standby', way: 'promote-twin', verifiedAt: new Date(now).toISOString() });
    expect(banner).toMatchObject({ on: true, text: 'Down', expiresAt: null });
  });

  it.each([
    ['none was held', undefined, true],
    ['the last one is 30 days old', { at: now - drillEveryMs, runId: 'r', succeeded: true }, false],
    ['the last one is older', { at: now - drillEveryMs - 1, runId: 'r', succeeded: true }, true],
    ['the last one failed', { at: now, runId: 'r', succeeded: false }, true],
  ])('asks for a drill when %s: %o', (_name, drill, overdue) => {
    expect(view(whole, drill ? { drill } : {}).levers.drill.overdue).toBe(overdue);
  });

  it('asks for no drill where traffic cannot be moved', () => {
    expect(view({}).levers.drill.overdue).toBe(false);
  });

  it('shows the twin only where a way uses it', () => {
    const twin = { state: 'fresh', sentence: 'Built an hour ago.' } as const;
    expect(view(whole, {}, { twin }).levers.traffic.twin).toEqual(twin);
    const other = { ...whole, traffic: { ...whole.traffic, via: ['vercel-env'] } };
    expect(view(other, {}, { twin }).levers.traffic.twin).toBeNull();
  });
});
