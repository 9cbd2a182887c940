import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../shared/fault.ts';
import { observation } from '../../../shared/observation.ts';
import { sampleObservation } from '../ipc/samples.ts';
import { fakeBook, fakeSecrets, settingsOf, signalbox } from './harness.ts';

const code = (answer: { readonly json: () => unknown }): unknown =>
  (answer.json() as { readonly error?: { readonly code?: unknown } }).error?.code;

describe('check', () => {
  it('prints an array of observations in the order of the settings', async () => {
    const answer = await signalbox(['check', '--json']);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    const list = answer.json() as unknown[];
    expect(list.map((item) => observation.parse(item).monitorId)).toEqual(['api', 'db']);
  });

  it('checks the named monitors once each, in the order they were named', async () => {
    const answer = await signalbox(['check', 'db', 'api', 'db', '--json']);
    expect((answer.json() as { readonly monitorId: string }[]).map(({ monitorId }) => monitorId)).toEqual(['db', 'api']);
  });

  it.each([
    ['up', 0],
    ['degraded', 0],
    ['unknown', 0],
    ['down', 1],
  ] as const)('ends for %s with %i', async (outcome, expected) => {
    const services = { check: async () => sampleObservation({ outcome }) };
    expect((await signalbox(['check'], { services })).code).toBe(expected);
  });

  it('shows lamp, word, name, latency and phases, or the error', async () => {
    const services = {
      check: async (_place: unknown, { id }: { readonly id: string }) =>
        id === 'api'
          ? sampleObservation({ latencyMs: 84, phases: { dnsMs: 3, tcpMs: 12, firstByteMs: 60 } })
          : sampleObservation({
              outcome: 'down',
              latencyMs: null,
              error: { code: 'refused', message: 'The connection was \u001b[31mrefused\u001b[0m.' },
            }),
    };
    const { stdout } = await signalbox(['check'], { services });
    expect(stdout).toBe(
      [
        '● Up    API (Frankfurt)  84 ms  dns 3 ms, tcp 12 ms, first byte 60 ms',
        '■ Down  Postgres         -      The connection was refused.',
        '',
      ].join('\n'),
    );
  });

  it('colours on a terminal only, and not with NO_COLOR', async () => {
    const green = '\u001b[32m';
    expect((await signalbox(['check'], { terminal: true })).stdout).toContain(green);
    expect((await signalbox(['check'], { terminal: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(green);
    expect((await signalbox(['check'])).stdout).not.toContain(green);
  });

  it('skips what is not enabled, unless it is named', async () => {
    const settings = settingsOf({
      monitors: [
        { id: 'a', kind: 'http', enabled: false },
        { id: 'b', kind: 'http' },
      ],
    });
    const services = { openSettings: async () => ({ settings, file: 's.json' }) };
    const ids = async (...argv: string[]) =>
      ((await signalbox(['check', '--json', ...argv], { services })).json() as { readonly monitorId: string }[]).map(
        ({ monitorId }) => monitorId,
      );
    expect(await ids()).toEqual(['b']);
    expect(await ids('a')).toEqual(['a']);
  });

  it('names the near ones for an unknown id', async () => {
    const answer = await signalbox(['check', 'apu', '--json']);
    expect(answer).toMatchObject({ code: 2 });
    expect(answer.json()).toMatchObject({ error: { code: 'unknown-monitor', next: 'Did you mean api?' } });
    expect((await signalbox(['check', 'zebra', '--json'])).json()).toMatchObject({ error: { next: 'There are api, db.' } });
  });

  it('runs nothing when a secret is missing, and says how to set it', async () => {
    let ran = 0;
    const services = {
      secretsAt: () => fakeSecrets(),
      check: async () => {
        ran += 1;
        return sampleObservation();
      },
    };
    const answer = await signalbox(['check', '--json'], { services });
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code: 'secret-missing' } });
    expect(answer.stdout).toContain('SIGNALBOX_SECRET_DATABASE_URL');
    expect(ran).toBe(0);
    expect((await signalbox(['check', 'api'], { services })).code).toBe(0);
  });

  it.each([
    ['keychain-locked', 'secrets'],
    ['settings-invalid', 'openSettings'],
    ['data-folder', 'openBook'],
  ])('ends with 2 for %s', async (faultCode, part) => {
    const refuse = () => Promise.reject(new FaultError({ code: faultCode, message: 'No.', next: 'Do this.' }));
    const services = part === 'secrets' ? { secretsAt: () => ({ ...fakeSecrets(), get: refuse }) } : { [part]: refuse };
    const answer = await signalbox(['check', '--json'], { services });
    expect(answer.code).toBe(2);
    expect(code(answer)).toBe(faultCode);
  });

  it('closes the history before it checks', async () => {
    const book = fakeBook();
    const services = {
      openBook: async () => book,
      check: async () => {
        expect(book.closed).toBe(1);
        return sampleObservation();
      },
    };
    expect((await signalbox(['check'], { services })).code).toBe(0);
  });

  it('says so when there is nothing to check', async () => {
    const services = { openSettings: async () => ({ settings: settingsOf({}), file: 's.json' }) };
    expect(code(await signalbox(['check', '--json'], { services }))).toBe('no-monitors');
  });

  it('ends with 130 when cancelled half-way', async () => {
    const controller = new AbortController();
    const services = {
      check: async () => {
        controller.abort();
        return sampleObservation({ outcome: 'unknown', error: { code: 'cancelled', message: 'Cancelled.' } });
      },
    };
    const answer = await signalbox(['check', '--json'], { services, controller });
    expect(answer.code).toBe(130);
    expect(code(answer)).toBe('cancelled');
  });
});
