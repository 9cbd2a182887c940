// Whether a provider's token works, and for what the settings name: the cheapest reads that prove both. Changes nothing there.
import { FaultError } from '../shared/fault.ts';
import { plainText } from '../shared/redact.ts';
import type { Settings } from '../shared/settings.ts';
import type { TestResult } from '../shared/settings-view.ts';
import { filled } from './compose-actions.ts';
import type { Secrets } from './engine/ports.ts';
import { makeRender } from './providers/render.ts';
import { makeStatuspage } from './providers/statuspage-management.ts';
import { makeSupabase } from './providers/supabase.ts';
import { makeVercel } from './providers/vercel.ts';

export const providerNames = { vercel: 'Vercel', render: 'Render', supabase: 'Supabase', statuspage: 'Statuspage' } as const;
export type ProviderName = keyof typeof providerNames;

export type WhoamiOptions = {
  readonly provider: ProviderName;
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** Its end is told as an answer that did not come in time. */
  readonly signal: AbortSignal;
  readonly userAgent: string;
};

/** A sentence on what the token proved, or on why it does not work and what to do. Never rejects for what the other side does. */
export async function whoami(options: WhoamiOptions): Promise<TestResult> {
  const who = providerNames[options.provider];
  if (options.settings.providers[options.provider] === undefined) {
    return { ok: false, message: `${who} is not set up: add providers.${options.provider} to the settings and save them.` };
  }
  try {
    return { ok: true, message: plainText(await questions[options.provider](options), 1_000) };
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, message: plainText(`${error.message} ${error.next}`, 1_000) };
    if (options.signal.aborted)
      return { ok: false, message: `${who} did not answer in time. Try again, or look at its status page.` };
    throw error;
  }
}

type Ask = (options: WhoamiOptions) => Promise<string>;

const questions: Readonly<Record<ProviderName, Ask>> = {
  async vercel({ settings, secrets, signal, userAgent }) {
    const { vercel } = settings.providers;
    if (!vercel) return '';
    const client = makeVercel({ ...vercel, token: () => filled(vercel.token, secrets), userAgent });
    const [{ name }, project] = await Promise.all([client.whoami(signal), client.project(signal)]);
    const branch = project.link?.productionBranch;
    return `The token is ${name}’s; the project ${project.name} is there${branch ? `, its production branch is ${branch}` : ''}.`;
  },
  async render({ settings, secrets, signal, userAgent }) {
    const { render } = settings.providers;
    if (!render) return '';
    const client = makeRender({ apiUrl: render.apiUrl, token: () => filled(render.token, secrets), userAgent });
    const [{ name }, ...services] = await Promise.all([
      client.whoami(signal),
      ...render.services.map((id) => client.service(id, signal)),
    ]);
    const said = services.map((one) => (one.isSuspended ? `${one.name} (suspended)` : one.name)).join(', ');
    return `The key is ${name}’s; ${said === '' ? 'no service is named in the settings' : `it sees ${said}`}.`;
  },
  async supabase({ settings, secrets, signal, userAgent }) {
    const { supabase } = settings.providers;
    if (!supabase) return '';
    const client = makeSupabase({ ...supabase, token: () => filled(supabase.token, secrets), userAgent });
    const { name, region, status } = await client.project(signal);
    return `The token sees the project ${name} in ${region}, which is ${status.toLowerCase().replaceAll('_', ' ')}.`;
  },
  async statuspage({ settings, secrets, signal, userAgent }) {
    const { statuspage } = settings.providers;
    if (!statuspage) return '';
    const client = makeStatuspage({ ...statuspage, token: () => filled(statuspage.token, secrets), userAgent });
    const { open } = await client.whoami(signal);
    return `The token reads the page ${statuspage.pageId}; ${open === 0 ? 'no incident is open there' : `incidents open there: ${open}`}.`;
  },
};
