// Builds the action of a request out of the settings, the keychain and the providers' clients: the levers' part of compose.ts.
import { homedir } from 'node:os';
import packageJson from '../package.json' with { type: 'json' };
import { FaultError } from '../shared/fault.ts';
import { fillSecrets } from '../shared/fill-secrets.ts';
import type { LeverRequest } from '../shared/lever.ts';
import type { Settings } from '../shared/settings.ts';
import type { Snapshot } from '../shared/snapshot.ts';
import type { Action } from './actions/action.ts';
import { makeBanner } from './actions/banner.ts';
import { makeDrill } from './actions/drill.ts';
import { makeDump } from './actions/dump.ts';
import { makeDumpVerify } from './actions/dump-verify.ts';
import { bannerMissing, dumpMissing, trafficMissing } from './actions/lever-view.ts';
import { makeTraffic, type TrafficDeps } from './actions/traffic.ts';
import type { TrafficTimes } from './actions/traffic-leg.ts';
import { primaryIsDown, trafficWarning } from './core/lever-advice.ts';
import type { Journal } from './engine/levers.ts';
import type { Clock, Secrets } from './engine/ports.ts';
import { parsePostgresUrl } from './providers/postgres-url.ts';
import { makeStatuspage, type StatuspageClient } from './providers/statuspage-management.ts';
import { makeSupabase } from './providers/supabase.ts';
import { makeVercel } from './providers/vercel.ts';
import type { VercelClient } from './providers/vercel-model.ts';

const userAgent = `signalbox/${packageJson.version}`;

export type ActionParts = {
  readonly settings: () => Settings;
  readonly secrets: Secrets;
  readonly journal: Journal;
  readonly clock: Clock;
  /** What the monitors show now. */
  readonly picture: () => Pick<Snapshot, 'monitors' | 'incidents'>;
  /** Only tests change how long the levers wait. */
  readonly times?: { readonly traffic?: Partial<TrafficTimes>; readonly bannerSeeMs?: number };
};

/** The action that a request asks for. Throws FaultError `not-set-up`. */
export function actionFor(request: LeverRequest, parts: ActionParts): Action {
  const settings = parts.settings();
  if (request.action === 'banner') return banner(request, settings, parts);
  if (request.action === 'dump') return dump(request, settings, parts);
  return request.action === 'traffic'
    ? makeTraffic(request, trafficDeps(settings, parts))
    : makeDrill(request, { ...trafficDeps(settings, parts), outage: () => outageOf(parts.picture()) });
}

function banner(request: Extract<LeverRequest, { action: 'banner' }>, settings: Settings, parts: ActionParts): Action {
  requireSettings(bannerMissing(settings));
  const { journal, clock } = parts;
  return makeBanner(request, {
    settings: given(settings.banner),
    vercel: vercelOf(settings, parts),
    statuspage: statuspageOf(settings, parts),
    app: settings.app,
    frontEnd: settings.traffic?.verifyUrl ?? null,
    journal,
    clock,
    ...(parts.times?.bannerSeeMs !== undefined && { seeMs: parts.times.bannerSeeMs }),
  });
}

/** Throws FaultError `not-set-up`. */
export function trafficDeps(settings: Settings, parts: ActionParts): TrafficDeps {
  requireSettings(trafficMissing(settings));
  const { journal, clock, picture } = parts;
  const traffic = given(settings.traffic);
  return {
    settings: traffic,
    globalConfigId: traffic.globalConfigId ?? settings.banner?.globalConfigId ?? null,
    vercel: vercelOf(settings, parts),
    journal,
    clock,
    openFault: () => trafficWarning(picture()),
    urgent: () => primaryIsDown(picture()),
    ...(parts.times?.traffic && { times: parts.times.traffic }),
  };
}

function dump(request: Extract<LeverRequest, { action: 'dump' }>, settings: Settings, parts: ActionParts): Action {
  requireSettings(dumpMissing(settings));
  const { journal, clock } = parts;
  const own = given(settings.dump);
  const { scratch } = own;
  const common = {
    ...{ settings: own, app: settings.app, journal, clock },
    connection: async () => await filled(own.connection, parts.secrets),
    ...{ env: process.env, platform: process.platform, home: homedir() },
  };
  if (request.task === 'create') {
    return makeDump(request, { ...common, poolerConnection: () => poolerConnection(settings, own.connection, parts.secrets) });
  }
  return makeDumpVerify(request, {
    ...common,
    scratch: scratch === undefined ? null : async () => await filled(scratch, parts.secrets),
    identity: async () => (own.identity === undefined ? null : await filled(own.identity, parts.secrets)),
  });
}

/** The pooler as Supabase names it, with the database's own password; null where the project is not known. */
async function poolerConnection(settings: Settings, connection: string, secrets: Secrets): Promise<string | null> {
  const { supabase } = settings.providers;
  if (!supabase) return null;
  const client = makeSupabase({ ...supabase, token: () => filled(supabase.token, secrets), userAgent });
  const limit = AbortSignal.timeout(10_000);
  const pooler = await client.pooler(limit).catch((error: unknown) => {
    throw limit.aborted && !(error instanceof FaultError) ? poolerUnknown(error) : error;
  });
  const direct = parsePostgresUrl(await filled(connection, secrets));
  if (pooler === null || 'problem' in direct) return null;
  const url = new URL(`postgres://${pooler.host}:${pooler.port}/${encodeURIComponent(pooler.database)}`);
  url.username = encodeURIComponent(pooler.user);
  url.password = encodeURIComponent(direct.password ?? '');
  url.searchParams.set('sslmode', direct.sslMode);
  return url.href;
}

function poolerUnknown(cause: unknown): FaultError {
  return new FaultError({
    code: 'provider-timeout',
    message: 'The database cannot be reached directly, and Supabase did not say within 10 s where its session pooler is.',
    next: 'Look at this machine’s network and at status.supabase.com, then try again.',
    exitCode: 3,
    cause,
  });
}

export function vercelOf({ providers: { vercel } }: Settings, { secrets }: Pick<ActionParts, 'secrets'>): VercelClient | null {
  return vercel ? makeVercel({ ...vercel, token: () => filled(vercel.token, secrets), userAgent }) : null;
}

function statuspageOf({ providers: { statuspage } }: Settings, { secrets }: ActionParts): StatuspageClient | null {
  return statuspage ? makeStatuspage({ ...statuspage, token: () => filled(statuspage.token, secrets), userAgent }) : null;
}

/** A settings text with its secrets filled in. @throws FaultError `secret-missing` */
export async function filled(text: string, secrets: Secrets): Promise<string> {
  const { value } = await fillSecrets(text, async (name) => {
    const found = await secrets.get(name);
    if (found) return found.value;
    throw new FaultError({
      code: 'secret-missing',
      message: `The secret "${name}" is not set.`,
      next: `Set it with: signalbox secret set ${name}`,
    });
  });
  return value;
}

function outageOf({ incidents }: Pick<Snapshot, 'incidents'>): string | null {
  return incidents.find((incident) => incident.state !== 'resolved')?.title ?? null;
}

function requireSettings(missing: string | null): void {
  if (missing === null) return;
  throw new FaultError({ code: 'not-set-up', message: missing, next: 'README shows the settings of each lever.' });
}

function given<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('settings that were asked for before are gone');
  return part;
}
