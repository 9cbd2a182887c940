// How the levers stand, for the snapshot: out of settings and journal alone, no request leaves.
import type { LeversView } from '../../shared/lever.ts';
import type { Settings } from '../../shared/settings.ts';
import type { BannerView, TrafficView } from '../../shared/snapshot.ts';
import type { Journal, LeverMemory } from '../engine/levers.ts';

export type LeverFacts = {
  readonly settings: Settings;
  readonly journal: Pick<Journal, 'recall'>;
  /** Why moving traffic would not help now. */
  readonly warning: string | null;
  /** What automation proposes now. */
  readonly suggestion: string | null;
  readonly twin: LeversView['traffic']['twin'];
  /** Epoch ms. */
  readonly now: number;
};

/** A drill older than this is asked for (DESIGN section 7). */
export const drillEveryMs = 30 * 86_400_000;

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null | undefined): string | null => (at === null || at === undefined ? null : iso(at));

export function leverView(facts: LeverFacts): {
  readonly traffic: TrafficView;
  readonly banner: BannerView;
  readonly levers: LeversView;
} {
  const { journal, settings } = facts;
  return {
    traffic: trafficPosition(journal.recall('traffic')),
    banner: bannerPosition(journal.recall('banner')),
    levers: {
      banner: { ...readiness(bannerMissing(settings)), way: settings.banner?.via ?? null },
      traffic: trafficLever(facts),
      dump: dumpLever(facts),
      drill: drillLever(facts),
    },
  };
}

function readiness(missing: string | null): { readonly ready: boolean; readonly problem: string | null } {
  return { ready: missing === null, problem: missing };
}

/** What the settings lack for the banner, as a sentence with the next step; null when nothing. */
export function bannerMissing({ banner, providers }: Settings): string | null {
  if (!banner) return 'The banner is not set up: add "banner" to the settings file.';
  if (banner.via === 'statuspage') {
    return providers.statuspage ? null : 'The banner needs providers.statuspage in the settings file.';
  }
  if (!providers.vercel) return 'The banner needs providers.vercel in the settings file.';
  if (banner.via === 'global-config' && banner.globalConfigId === undefined) {
    return 'The banner needs banner.globalConfigId in the settings file.';
  }
  return null;
}

export function trafficMissing({ traffic, providers }: Settings): string | null {
  if (!traffic) return 'Traffic is not set up: add "traffic" to the settings file.';
  return providers.vercel ? null : 'Traffic needs providers.vercel in the settings file.';
}

export function dumpMissing({ dump }: Settings): string | null {
  return dump ? null : 'Dumps are not set up: add "dump" to the settings file.';
}

function trafficPosition(memory: LeverMemory['traffic'] | null): TrafficView {
  return { target: memory?.target ?? 'unknown', verifiedAt: isoOrNull(memory?.verifiedAt), way: memory?.way ?? null };
}

function bannerPosition(memory: LeverMemory['banner'] | null): BannerView {
  if (!memory) return { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null };
  const { on, text, severity, expiresAt, verifiedAt, way } = memory;
  return { on, text, severity, way, verifiedAt: isoOrNull(verifiedAt), expiresAt: isoOrNull(expiresAt) };
}

function trafficLever({ settings, warning, suggestion, twin }: LeverFacts): LeversView['traffic'] {
  const { traffic } = settings;
  return {
    ...readiness(trafficMissing(settings)),
    primary: traffic?.primary ?? null,
    standby: traffic?.standby ?? null,
    ways: traffic?.via ?? [],
    automation: traffic?.automation ?? 'off',
    warning: traffic ? warning : null,
    suggestion: traffic ? suggestion : null,
    twin: traffic?.via.includes('promote-twin') ? twin : null,
  };
}

function dumpLever({ settings, journal }: LeverFacts): LeversView['dump'] {
  const last = journal.recall('dump');
  return {
    ...readiness(dumpMissing(settings)),
    directory: settings.dump?.directory ?? null,
    last: last && { name: last.name, bytes: last.bytes, at: iso(last.at) },
  };
}

function drillLever({ settings, journal, now }: LeverFacts): LeversView['drill'] {
  const last = journal.recall('drill');
  const missing = trafficMissing(settings);
  const isGood = last?.succeeded === true && now - last.at <= drillEveryMs;
  return { ...readiness(missing), lastAt: isoOrNull(last?.at), overdue: missing === null && !isGood };
}
