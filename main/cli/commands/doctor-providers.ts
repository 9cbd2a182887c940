// The providers' part of `doctor`: each one that is set up is asked whether its token works, all at once and not for long.
import { faultOf } from '../../../shared/fault.ts';
import { type Settings, secretsIn } from '../../../shared/settings.ts';
import type { Context } from '../context.ts';
import { variableOf } from './check.ts';
import type { Finding } from './doctor.ts';

const limitMs = 10_000;

type ProviderName = keyof Settings['providers'];

/** In the order of `names`. */
export async function examineProviders(context: Context, settings: Settings): Promise<readonly Finding[]> {
  const configured = names.filter((name) => settings.providers[name] !== undefined);
  return await Promise.all(configured.map((name) => examineProvider(context, settings, name)));
}

const names = ['vercel', 'render', 'supabase', 'statuspage'] as const satisfies readonly ProviderName[];

async function examineProvider({ services, place, signal }: Context, settings: Settings, name: ProviderName): Promise<Finding> {
  const subject = `provider ${name}`;
  try {
    const missing = await missingSecret(services.secretsAt(place), settings.providers[name]);
    if (missing !== null) {
      const next = `Store it with: signalbox secret set ${missing} (or set ${variableOf(missing)}).`;
      // A lever that is pulled feels it; nothing that runs by itself does.
      return { subject, level: 'warn', message: `The secret "${missing}" is not set.`, next };
    }
    const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    const { ok, message } = await services.whoami(place, settings, name, limited);
    return { subject, level: ok ? 'ok' : 'bad', message, next: null };
  } catch (error) {
    const { message, next } = faultOf(error);
    return { subject, level: 'bad', message, next };
  }
}

async function missingSecret(
  secrets: { get(name: string): Promise<object | null> },
  provider: Settings['providers'][ProviderName],
): Promise<string | null> {
  for (const name of secretsIn(provider)) if ((await secrets.get(name)) === null) return name;
  return null;
}
