// Incidents on a page at Statuspage, by its management API (providers/README section 6). What a banner is, and that an incident
// carries it, is main/actions' business.
import { z } from 'zod';
import { makeCaller, type Provider, path } from './call.ts';
import type { Refusal } from './call-error.ts';
import { makePace } from './pace.ts';

export type StatuspageOptions = {
  /** `https://api.statuspage.io`. */
  readonly apiUrl: string;
  readonly pageId: string;
  readonly token: () => Promise<string>;
  readonly userAgent?: string;
  /** As in call.ts. */
  readonly repeats?: number;
};

export type StatuspageImpact = 'none' | 'minor' | 'major' | 'critical';
export type OpenIncident = { readonly id: string; readonly name: string; readonly status: string };

/** Every call rejects with a ProviderError (call.ts), or with the signal's reason when that aborts. */
export type StatuspageClient = {
  /** Opens an incident in the state `investigating` and tells the page's subscribers. Not to be sent twice: look at
   *  `unresolved` first when it is not known whether it was. */
  create(
    incident: { readonly name: string; readonly body: string; readonly impact: StatuspageImpact },
    signal: AbortSignal,
  ): Promise<{ readonly id: string }>;
  /** Resolving what is resolved already does no harm. */
  resolve(id: string, body: string, signal: AbortSignal): Promise<void>;
  /** Newest first. */
  unresolved(signal: AbortSignal): Promise<readonly OpenIncident[]>;
  /** Whether token and page are right, by reading what is open. */
  whoami(signal: AbortSignal): Promise<{ readonly open: number }>;
};

/** One request per second and token; measured from answer to question, so that clocks and networks cannot bring them closer. */
const gapMs = 1_020;

const opened = z.object({ id: z.string().min(1) });
const open = z.array(z.object({ id: z.string(), name: z.string().catch(''), status: z.string().catch('') }));

export function makeStatuspage(options: StatuspageOptions): StatuspageClient {
  const { apiUrl, pageId, token, userAgent, repeats } = options;
  const call = makeCaller({
    ...{ who: 'Statuspage', apiUrl, token, scheme: 'OAuth', pace: makePace(gapMs), usualWaitMs: gapMs, advise, repeats },
    ...(userAgent === undefined ? {} : { userAgent }),
  } satisfies Provider);
  const incidents = (...rest: readonly string[]): string => path('v1', 'pages', pageId, 'incidents', ...rest);

  async function unresolved(signal: AbortSignal): Promise<readonly OpenIncident[]> {
    return (await call({ method: 'GET', path: incidents('unresolved'), answer: open }, signal)).value;
  }

  return {
    async create({ name, body, impact }, signal) {
      // The limits of the published document.
      const incident = {
        name: name.slice(0, 255),
        status: 'investigating',
        body: body.slice(0, 25_000),
        impact_override: impact,
        deliver_notifications: true,
      };
      return (await call({ method: 'POST', path: incidents(), json: { incident }, answer: opened }, signal)).value;
    },
    async resolve(id, body, signal) {
      const incident = { status: 'resolved', body: body.slice(0, 25_000) };
      await call({ method: 'PATCH', path: incidents(id), json: { incident }, answer: null }, signal);
    },
    unresolved,
    async whoami(signal) {
      return { open: (await unresolved(signal)).length };
    },
  };
}

function advise({ code }: Refusal): { readonly next: string } | null {
  switch (code) {
    case 'provider-auth':
    case 'provider-forbidden':
      return {
        next: 'Copy the API key from Statuspage (your avatar, “API info”) and store it with `signalbox secret set statuspage-token`.',
      };
    case 'provider-not-found':
      return { next: 'Check `providers.statuspage.pageId` in the settings: it is the page’s id, not its address.' };
    default:
      return null;
  }
}
