// The doctor asks each provider that is set up whether its token works.
import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../shared/fault.ts';
import { fakeSecrets, settingsOf, signalbox } from './harness.ts';

const settings = settingsOf({
  providers: {
    vercel: { token: '${secret:vercel-token}', project: 'web' },
    render: { token: '${secret:render-token}' },
    supabase: { token: '${secret:supabase-token}', ref: 'abcdefghijklmnopqrst' },
  },
  alerts: { desktop: { enabled: true } },
});
const openSettings = async () => ({ settings, file: 'settings.json' });
const secretsAt = () => fakeSecrets({ 'vercel-token': 'vcp_1', 'render-token': 'rnd_1' });
type Finding = { readonly subject: string; readonly level: string; readonly message: string; readonly next: string | null };

describe('the doctor', () => {
  it('tells what each provider says of its token, and what is missing', async () => {
    const asked: string[] = [];
    const { code, json } = await signalbox(['doctor', '--json'], {
      services: {
        openSettings,
        secretsAt,
        whoami: async (_place, _settings, provider, signal) => {
          asked.push(provider);
          expect(signal.aborted).toBe(false);
          return provider === 'vercel'
            ? { ok: true, message: 'The token is jane’s.' }
            : { ok: false, message: 'Render does not accept the token (401).' };
        },
      },
    });
    expect((json() as Finding[]).filter(({ subject }) => subject.startsWith('provider '))).toEqual([
      { subject: 'provider vercel', level: 'ok', message: 'The token is jane’s.', next: null },
      { subject: 'provider render', level: 'bad', message: 'Render does not accept the token (401).', next: null },
      {
        subject: 'provider supabase',
        level: 'warn',
        message: 'The secret "supabase-token" is not set.',
        next: 'Store it with: signalbox secret set supabase-token (or set SIGNALBOX_SECRET_SUPABASE_TOKEN).',
      },
    ]);
    expect(asked).toEqual(['vercel', 'render']);
    expect(code).toBe(1);
  });

  it('goes on when a provider cannot be asked', async () => {
    const { json, code } = await signalbox(['doctor', '--json'], {
      services: {
        openSettings,
        secretsAt,
        whoami: async () => {
          throw new FaultError({ code: 'keychain-locked', message: 'The keychain is locked.', next: 'Unlock it.' });
        },
      },
    });
    const findings = json() as Finding[];
    expect(findings.filter(({ message }) => message === 'The keychain is locked.')).toHaveLength(2);
    expect(findings.at(-1)?.subject).toBe('alerts by desktop notification');
    expect(code).toBe(1);
  });

  it('asks all of them at once', async () => {
    let waiting = 0;
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { json } = await signalbox(['doctor', '--json'], {
      services: {
        openSettings,
        secretsAt,
        whoami: async () => {
          waiting += 1;
          if (waiting === 2) release();
          await both;
          return { ok: true, message: 'The token works.' };
        },
      },
    });
    expect((json() as Finding[]).filter(({ message }) => message === 'The token works.')).toHaveLength(2);
  });
});
