// Whether a provider's token works, and for what the settings name: the cheapest reads that prove both. Changes nothing there.
import { FaultError } from '../shared/fault.ts';
import { safeText } from '../shared/redact.ts';
import type { Settings } from '../shared/settings.ts';
import type { TestResult } from '../shared/settings-view.ts';
import { filled } from './compose-actions.ts';
import type { Secrets } from './engine/ports.ts';
import { ProviderError } from './providers/call.ts';
import { makeRender, type RenderService, servicesAtOnce } from './providers/render.ts';
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

/** One or two sentences: what the token proved, or why it does not work and what to do. Asks once, so that whoever waits is told
 *  of a rate limit instead of waiting it out. Never rejects for what the other side does, and never says the token. */
export async function whoami(options: WhoamiOptions): Promise<TestResult> {
  const who = providerNames[options.provider];
  if (options.settings.providers[options.provider] === undefined) {
    return { ok: false, message: `${who} is not set up: add providers.${options.provider} to the settings and save them.` };
  }
  const tokens: string[] = [];
  const say = (ok: boolean, text: string): TestResult => ({ ok, message: safeText(text, 1_000, tokens) });
  try {
    const { problem, proof } = await questions[options.provider](options, (token) => ({
      token: async () => {
        const value = (await filled(token, options.secrets)).trim();
        tokens.push(value);
        return value;
      },
      userAgent: options.userAgent,
      repeats: 0,
    }));
    return problem === undefined ? say(true, proof) : say(false, problem);
  } catch (error) {
    if (error instanceof FaultError) return say(false, `${error.message} ${nextOf(error, who)}`);
    if (options.signal.aborted) return say(false, `${who} did not answer in time. Look at its status page and try again.`);
    throw error;
  }
}

/** Nothing was sent that could have been done. */
function nextOf(error: FaultError, who: string): string {
  const isTheirs = error.code === 'provider-failed' || error.code === 'provider-timeout';
  return isTheirs ? `Look at ${who}’s status page and try again.` : error.next;
}

type Account = { readonly token: () => Promise<string>; readonly userAgent: string; readonly repeats: number };
type Answer = { readonly proof: string; readonly problem?: undefined } | { readonly problem: string; readonly proof?: undefined };
type Ask = (options: WhoamiOptions, account: (token: string) => Account) => Promise<Answer>;

const notSetUp: Answer = { problem: 'It is not set up.' };

const questions: Readonly<Record<ProviderName, Ask>> = {
  async vercel({ settings, signal }, account) {
    const { vercel } = settings.providers;
    if (!vercel) return notSetUp;
    const client = makeVercel({ ...vercel, ...account(vercel.token) });
    const [name, project] = await Promise.all([nameFrom(client.whoami(signal)), client.project(signal)]);
    const team = vercel.teamId === null ? '' : ` in the team ${vercel.teamId}`;
    const branch = project.link?.productionBranch;
    const found = `the project ${project.name || vercel.project} is there${team}`;
    return { proof: `${owner('token', name)}; ${found}${branch ? `, its production branch is ${branch}` : ''}.` };
  },
  async render({ settings, signal }, account) {
    const { render } = settings.providers;
    if (!render) return notSetUp;
    const client = makeRender({ apiUrl: render.apiUrl, ...account(render.token) });
    const [name, seen] = await Promise.all([nameFrom(client.whoami(signal)), client.services(signal)]);
    const missing = render.services.filter((id) => !seen.some((one) => one.id === id));
    // A list as long as it may be can end before those that are looked for.
    const others = seen.length < servicesAtOnce ? [] : await Promise.all(missing.map((id) => client.service(id, signal)));
    return servicesAnswer(owner('key', name), render.services, [...seen, ...others]);
  },
  async supabase({ settings, signal }, account) {
    const { supabase } = settings.providers;
    if (!supabase) return notSetUp;
    const { name, region, status } = await makeSupabase({ ...supabase, ...account(supabase.token) }).project(signal);
    const state = status.toLowerCase().replaceAll('_', ' ');
    return { proof: `The token works; it sees the project ${name || supabase.ref} in ${region}, which is ${state}.` };
  },
  async statuspage({ settings, signal }, account) {
    const { statuspage } = settings.providers;
    if (!statuspage) return notSetUp;
    const { open } = await makeStatuspage({ ...statuspage, ...account(statuspage.token) }).whoami(signal);
    const incidents =
      open === 0 ? 'no incident is open there' : open === 1 ? 'one incident is open there' : `${open} incidents are open there`;
    return { proof: `The key works; it reads the page ${statuspage.pageId}, and ${incidents}.` };
  },
};

/** A token for one project alone may not say whose it is; that it sees the project is proof enough. */
async function nameFrom(asked: Promise<{ readonly name: string }>): Promise<string | null> {
  try {
    return (await asked).name;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}

function owner(what: 'token' | 'key', name: string | null): string {
  return name === null ? `The ${what} works` : `The ${what} is ${name}’s`;
}

function servicesAnswer(proof: string, wanted: readonly string[], seen: readonly RenderService[]): Answer {
  const list = (some: readonly RenderService[]): string =>
    some
      .slice(0, 8)
      .map(({ name, id, isSuspended }) => `${name} (${id}${isSuspended ? ', suspended' : ''})`)
      .join(', ') + (some.length > 8 ? ` and ${some.length - 8} more` : '');
  const missing = wanted.filter((id) => !seen.some((one) => one.id === id));
  const all = seen.length === 0 ? 'no service at all' : list(seen);
  if (missing.length > 0) {
    const next = 'Compare providers.render.services with the addresses in Render’s dashboard.';
    return { problem: `${proof}, but it does not see ${missing.slice(0, 8).join(', ')}: it sees ${all}. ${next}` };
  }
  if (wanted.length > 0) return { proof: `${proof}; it sees ${list(seen.filter(({ id }) => wanted.includes(id)))}.` };
  return { proof: `${proof}; it sees ${all}. Name those to read from under providers.render.services.` };
}
