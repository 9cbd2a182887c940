import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeRunner } from '../../../main/checks/runner.ts';
import type { CheckKind, CheckPorts, Clock, Secrets } from '../../../main/engine/ports.ts';
import { FaultError } from '../../../shared/fault.ts';
import { monitorBase } from '../../../shared/monitor.ts';
import type { Observation } from '../../../shared/observation.ts';

const schema = monitorBase.extend({ kind: z.literal('probe'), text: z.string().default('') });
type Config = z.infer<typeof schema>;
type Run = CheckKind<Config>['run'];

/** A clock that stands still until `advance`. */
function makeClock(): Clock & { advance(ms: number): void; readonly timers: Set<unknown> } {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    timers,
    now: () => 1_795_000_000_000 + now,
    monotonic: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
  };
}

function setUp(run: Run, settings: Partial<z.input<typeof schema>> = {}, secrets: Secrets['get'] = async () => null) {
  const clock = makeClock();
  const kind: CheckKind<Config> = {
    kind: 'probe',
    schema,
    defaultInterval: '30s',
    target: () => ({ host: null, port: null, label: 'probe' }),
    run,
  };
  const runner = makeRunner({ secrets: { get: secrets }, kinds: [kind as unknown as CheckKind] });
  const config = schema.parse({ id: 'p', kind: 'probe', ...settings });
  const controller = new AbortController();
  return {
    clock,
    controller,
    run: (ports: Partial<CheckPorts> = {}) => runner(config, { clock, cold: false, ...ports }, controller.signal),
  };
}

const base: Observation = { monitorId: 'p', at: '2026-11-23T00:00:00.000Z', outcome: 'up', latencyMs: 5 };

/** Settles when the signal is aborted, with its reason's name. */
const untilAborted: Run = (_, __, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      const timeout = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
      resolve({
        ...base,
        outcome: 'down',
        latencyMs: null,
        error: { code: timeout ? 'timeout' : 'internal', message: String(signal.reason) },
      });
    });
  });

describe('the runner', () => {
  it('hands the observation through and leaves no timer', async () => {
    const { run, clock } = setUp(async () => ({ ...base }));
    expect(await run()).toEqual(base);
    expect(clock.timers.size).toBe(0);
  });

  it('ends a check at its timeout', async () => {
    const { run, clock } = setUp(untilAborted, { timeout: '2s' });
    const running = run();
    await Promise.resolve();
    clock.advance(1_999);
    clock.advance(1);
    expect(await running).toMatchObject({ outcome: 'down', error: { code: 'timeout' } });
  });

  it('gives a cold target its whole budget, and a warm one not', async () => {
    const { run, clock } = setUp(untilAborted, { timeout: '2s', coldStart: '60s' });
    const running = run({ cold: true });
    await Promise.resolve();
    clock.advance(59_999);
    expect(clock.timers.size).toBe(1);
    clock.advance(1);
    expect((await running).error?.code).toBe('timeout');
  });

  it('makes whatever a check says when it is cancelled `unknown` and `cancelled`', async () => {
    const { run, controller } = setUp(untilAborted);
    const running = run();
    await Promise.resolve();
    controller.abort();
    expect(await running).toMatchObject({ monitorId: 'p', outcome: 'unknown', latencyMs: null, error: { code: 'cancelled' } });
  });

  it('turns anything thrown into `internal`, without secrets', async () => {
    const thrower: Run = async (config) => {
      throw new Error(`cannot use ${config.text}`);
    };
    const { run } = setUp(thrower, { text: '${secret:s}' }, async () => ({ value: 'hunter22', source: 'keychain' }));
    expect(await run()).toMatchObject({
      outcome: 'unknown',
      error: { code: 'internal', message: 'Signalbox itself failed in this check: cannot use •••' },
    });
  });
});

describe('secrets', () => {
  it('that are missing make the check unknown, without running it', async () => {
    let ran = false;
    const { run } = setUp(
      async () => {
        ran = true;
        return base;
      },
      { text: '${secret:probe-password}' },
    );
    expect(await run()).toMatchObject({
      outcome: 'unknown',
      error: { code: 'auth', message: 'Secret "probe-password" is not set.' },
    });
    expect(ran).toBe(false);
  });

  it('in a locked keychain make it unknown, with the keychain’s own words', async () => {
    const { run } = setUp(
      async () => base,
      { text: '${secret:s}' },
      async () => {
        throw new FaultError({ code: 'keychain', message: 'The keychain is locked.', next: 'Unlock it.' });
      },
    );
    expect((await run()).error).toEqual({
      code: 'auth',
      message: 'Secret "s" cannot be read: The keychain is locked. Unlock it.',
    });
  });

  it('are asked for each time, so that a new one counts, and unchanged settings stay the same object', async () => {
    const seen: Config[] = [];
    let value = 'one';
    const { run } = setUp(
      async (config) => {
        seen.push(config);
        return { ...base };
      },
      { text: '${secret:s}' },
      async () => ({ value, source: 'environment' }),
    );
    await run();
    await run();
    value = 'two';
    await run();
    expect(seen.map((one) => one.text)).toEqual(['one', 'one', 'two']);
    expect(seen[0]).toBe(seen[1]);
  });

  it('never come back in message or excerpt, whole, encoded or as the password of an address', async () => {
    const { run } = setUp(
      async (config) => ({
        ...base,
        outcome: 'down',
        error: { code: 'auth', message: `no ${config.text}, no p%40ssword` },
        excerpt: `${'x'.repeat(3_000)} p@ssword`,
      }),
      { text: '${secret:s}' },
      async () => ({ value: 'postgres://u:p%40ssword@h/d', source: 'environment' }),
    );
    const { error, excerpt } = await run();
    expect(error?.message).toBe('no •••, no •••');
    expect(excerpt).toHaveLength(2_048);
    expect(excerpt).not.toContain('p@ss');
  });
});
