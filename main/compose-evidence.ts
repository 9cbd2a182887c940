// Joins the gathering of evidence: which places there are to look at follows from the settings as they are at that moment.
import type { Settings } from '../shared/settings.ts';
import { filled } from './compose-actions.ts';
import type { Clock, Investigate } from './engine/ports.ts';
import { type LookUp, makeLookUp } from './evidence/addresses.ts';
import { connectionSources, type KnownPooler, poolerSource } from './evidence/connections.ts';
import { dnsSource, watchAddresses } from './evidence/dns.ts';
import { makeInvestigate } from './evidence/investigate.ts';
import type { AddressMemory, Asking, EvidenceSecrets, Source } from './evidence/ports.ts';
import { type KnownOwners, renderSources } from './evidence/render.ts';
import { rollbarSource } from './evidence/rollbar.ts';
import { supabaseSource } from './evidence/supabase.ts';
import { vercelSource } from './evidence/vercel.ts';

export type InvestigationParts = {
  readonly settings: () => Settings;
  readonly secrets: EvidenceSecrets;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly memory: AddressMemory;
  /** For tests: another DNS server, a shorter limit per source. */
  readonly lookUp?: LookUp;
  readonly limitMs?: number;
};

const askingOf = ({ secrets, clock, userAgent }: InvestigationParts): Asking => ({
  ...{ userAgent, clock },
  fill: (text) => filled(text, secrets),
  secrets: () => secrets.knownValues(),
});

export function composeInvestigation(parts: InvestigationParts): Investigate {
  const { settings, clock, memory, lookUp = makeLookUp(), limitMs } = parts;
  const asking = askingOf(parts);
  const owners: KnownOwners = new Map();
  const poolers = new Map<string, KnownPooler>();

  const sources = (): readonly Source[] => {
    const now = settings();
    const { render, vercel, supabase } = now.providers;
    const pooler = poolers.get(supabase?.ref ?? '') ?? { value: null };
    poolers.set(supabase?.ref ?? '', pooler);
    return [
      ...(render ? renderSources(render, asking, owners) : []),
      vercel ? vercelSource(vercel, asking) : null,
      rollbarSource(now, asking),
      supabase ? supabaseSource(supabase, asking) : null,
      ...connectionSources(now, asking, pooler),
      poolerSource(now, asking, pooler),
      dnsSource(now, { asking, memory, lookUp }),
    ].filter((one) => one !== null);
  };
  return makeInvestigate({ sources, clock, secrets: asking.secrets, ...(limitMs === undefined ? {} : { limitMs }) });
}

/** Keeps the memory of good addresses fresh while `isWell`; returns the way to stop it. */
export function composeAddressWatch(parts: InvestigationParts & { readonly isWell: () => boolean }): () => void {
  const { settings, clock, memory, isWell, lookUp = makeLookUp() } = parts;
  return watchAddresses({ settings, clock, memory, isWell, lookUp, asking: askingOf(parts) });
}
