// What the database's and the APIs' names resolve to now, and what they did when things were well. A look of its own every few
// minutes keeps that memory fresh; it contacts no host, only the DNS server.
import { isIP } from 'node:net';
import { safeText } from '../../shared/redact.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Clock } from '../engine/ports.ts';
import { isGood, isSame, type LookUp } from './addresses.ts';
import { connectionsIn, targetOf } from './connections.ts';
import { type AddressMemory, type Asking, nowOf, type Source } from './ports.ts';

export type DnsParts = { readonly asking: Asking; readonly memory: AddressMemory; readonly lookUp: LookUp };

const mostHosts = 40;

/** Hosts of databases and API servers that the settings name. What cannot be read is left out: its own source tells. */
export async function hostsIn(settings: Settings, fill: Asking['fill']): Promise<readonly string[]> {
  const databases = await Promise.allSettled(connectionsIn(settings).map(async (one) => (await targetOf(one, fill)).host));
  const apis = settings.monitors.filter(({ role }) => role === 'api-primary' || role === 'api-standby');
  const urls = [...apis.map((one) => ('url' in one ? one.url : null)), settings.traffic?.primary, settings.traffic?.standby];
  const named = [
    ...databases.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    ...urls.flatMap((url) => (typeof url === 'string' ? (URL.parse(url)?.hostname ?? []) : [])),
    ...apis.flatMap((one) => ('host' in one && typeof one.host === 'string' ? [one.host] : [])),
  ].map((host) => host.toLowerCase().replace(/\.$/, ''));
  return [...new Set(named)].filter(isName).slice(0, mostHosts);
}

const isName = (host: string): boolean =>
  host !== '' && isIP(host.replace(/^\[|\]$/g, '')) === 0 && host !== 'localhost' && !host.includes('${') && host.length <= 253;

export function dnsSource(settings: Settings, { asking, memory, lookUp }: DnsParts): Source {
  return {
    name: 'DNS',
    async look(_, tell, signal) {
      const hosts = await hostsIn(settings, asking.fill);
      await Promise.all(
        hosts.map(async (host) => {
          const { addresses: now, error } = await lookUp(host, signal);
          const known = memory.recalled(host);
          const before = known && !isSame(known.addresses, now) ? known : null;
          tell([
            {
              ...{ kind: 'dns', source: `DNS of ${safeText(host, 180)}`, at: nowOf(asking), host, now },
              error: error === null ? null : safeText(error, 1_000, asking.secrets()),
              before: before && { ...before.addresses, at: new Date(before.at).toISOString() },
            },
          ]);
        }),
      );
    },
  };
}

export type WatchParts = DnsParts & {
  readonly settings: () => Settings;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Whether there is no outage: only then is an answer worth remembering. */
  readonly isWell: () => boolean;
};

const watchMs = { first: 5_000, next: 300_000, limit: 10_000 } as const;

/** Looks now and then until stopped. A look that fails is left out: the next one comes. */
export function watchAddresses({ settings, clock, isWell, asking, memory, lookUp }: WatchParts): () => void {
  const end = new AbortController();
  let cancel = (): void => undefined;
  const look = async (): Promise<void> => {
    const limit = new AbortController();
    const stop = (): void => limit.abort();
    const late = clock.after(watchMs.limit, stop);
    end.signal.addEventListener('abort', stop, { once: true });
    try {
      const hosts = isWell() ? await hostsIn(settings(), asking.fill) : [];
      await Promise.allSettled(
        hosts.map(async (host) => {
          const { addresses } = await lookUp(host, limit.signal);
          const at = clock.now();
          // Something may have broken while DNS was asked.
          if (isWell() && !limit.signal.aborted && isGood(addresses, memory.recalled(host), at))
            memory.remember(host, addresses, at);
        }),
      );
    } finally {
      late();
      end.signal.removeEventListener('abort', stop);
      if (!end.signal.aborted) cancel = clock.after(watchMs.next, () => void look());
    }
  };
  cancel = clock.after(watchMs.first, () => void look());
  return () => {
    end.abort();
    cancel();
  };
}
