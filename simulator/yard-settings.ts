// The settings file and the secrets that point Signalbox at a yard, in the shape of DESIGN section 8. Parts that were not
// started are left out.
import type { Pace, YardParts } from './yard-parts.ts';
import { hosts } from './yard-parts.ts';

export type SettingsOptions = {
  /** Address the yard by its public-looking names, for an engine that was started with `names.env`: then its hosts count as
   *  the internet's, and Signalbox asks its witnesses about their failures. By loopback addresses when absent. */
  readonly named?: boolean;
  /** Where the banner is written; Global Config when absent. */
  readonly banner?: 'global-config' | 'vercel-env' | 'statuspage';
  /** How traffic moves; by the twin, then by a new deployment, when absent. */
  readonly traffic?: readonly ('global-config' | 'promote-twin' | 'vercel-env')[];
  /** Dumps are encrypted to this age key; its secret half is the secret `dump-identity`. */
  readonly age?: { readonly recipient: string; readonly identity: string };
};

export type SettingsSource = {
  readonly parts: Partial<YardParts>;
  readonly folder: string;
  readonly authorityFile: string;
  readonly pace: Pace;
};

const ms = (value: number): string => `${Math.round(value)}ms`;

/** A complete settings object; valid JSON. */
export function settingsOf(source: SettingsSource, options: SettingsOptions = {}): object {
  const { parts, pace } = source;
  const { named = false } = options;
  return {
    app: { name: 'Nine Panels', environment: 'production' },
    monitors: [...serverMonitors(source, named), ...providerMonitors(source)],
    limits: { gapPerHost: ms(pace.gapMs) },
    connectivity: { probes: (parts.witnesses ?? []).map(({ url }) => ({ url, text: 'witness' })) },
    alerts: {
      desktop: { enabled: false },
      ...(parts.rollbar && {
        rollbar: { token: '${secret:rollbar-token}', readToken: '${secret:rollbar-read-token}', apiUrl: parts.rollbar.url },
      }),
      ...(parts.slack && { slack: { webhook: '${secret:slack-webhook}' } }),
    },
    providers: providersOf(parts),
    ...leversOf(source, options),
  };
}

/** Environment variables that hold what the settings refer to as `${secret:…}`. */
export function secretsOf({ parts }: SettingsSource, { named = false, age }: SettingsOptions = {}): Record<string, string> {
  const { database, rollbar, slack, vercel, render, supabase, statuspage } = parts;
  const host = (way: 'direct' | 'pooler'): string | undefined => (named ? database?.names[way] : undefined);
  const secrets: Readonly<Record<string, string | undefined>> = {
    'probe-password': 'probe-password-0000',
    'database-url': database?.url('direct', host('direct')),
    'pooler-url': database?.url('pooler', host('pooler')),
    'scratch-url': database?.scratchUrl,
    'rollbar-token': rollbar?.token,
    'rollbar-read-token': rollbar?.readToken,
    'slack-webhook': slack?.webhook,
    'vercel-token': vercel?.token,
    'render-token': render?.token,
    'supabase-token': supabase?.token,
    'statuspage-token': statuspage?.token,
    'dump-identity': age?.identity,
  };
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, value]) =>
      value === undefined ? [] : [[`SIGNALBOX_SECRET_${name.toUpperCase().replace(/\W/g, '_')}`, value]],
    ),
  );
}

function serverMonitors({ parts, pace, authorityFile }: SettingsSource, named: boolean): object[] {
  const { api, standby, production, database, names } = parts;
  const at = (url: string, name: string): string => (named ? withHost(url, name) : url);
  const often = { interval: ms(pace.intervalMs), retryInterval: ms(pace.retryMs), timeout: ms(pace.timeoutMs) };
  const token = { path: '$.data.access_token', exists: true };
  const index = { status: [200], json: [{ path: '$.data.branch', equals: 'main' }] };
  return [
    ...(api
      ? [
          {
            ...{ id: 'api', name: 'API (Frankfurt)', kind: 'http', role: 'api-primary', url: `${at(api.url, hosts.api)}/` },
            ...{ ...often, degradedAbove: ms(pace.degradedMs), expect: index },
          },
          {
            ...{ id: 'login', name: 'Log in (reads the database)', kind: 'http', role: 'api-primary', method: 'POST' },
            url: `${at(api.url, hosts.api)}/token`,
            form: { username: 'probe@ninepanels.test', password: '${secret:probe-password}' },
            ...{ ...often, expect: { status: [200], json: [token] } },
          },
          {
            ...{ id: 'certificate', name: 'API over TLS', kind: 'http', role: 'api-primary', caFile: authorityFile },
            ...{ url: `${at(api.secureUrl, hosts.api)}/`, ...often },
          },
        ]
      : []),
    ...(names
      ? [
          {
            ...{ id: 'name', name: 'Name of the API', kind: 'dns', role: 'other', host: hosts.api, record: 'A' },
            ...{ resolver: names.resolver, ...often },
          },
        ]
      : []),
    ...(standby
      ? [
          {
            ...{ id: 'standby', name: 'API (Oregon, free)', kind: 'http', role: 'api-standby' },
            url: `${at(standby.url, hosts.standby)}/`,
            ...{ ...often, interval: ms(pace.standbyIntervalMs), expect: index },
            ...{ coldStart: ms(pace.coldStartMs), sleepsAfter: ms(pace.idleMs) },
          },
        ]
      : []),
    ...(database
      ? [{ id: 'db', name: 'Postgres', kind: 'postgres', role: 'database', connection: '${secret:database-url}', ...often }]
      : []),
    ...(production
      ? [
          {
            ...{ id: 'web', name: 'Front end', kind: 'http', role: 'frontend', url: `${at(production.url, hosts.web)}/` },
            ...{ ...often, expect: { status: [200], text: '<div id="app"' } },
          },
        ]
      : []),
  ];
}

function providerMonitors({ parts: { statusPages }, pace }: SettingsSource): object[] {
  if (!statusPages) return [];
  const page = (id: keyof typeof statusPages, name: string, components: readonly string[]) => ({
    ...{ id, name, kind: 'status-page', role: 'provider', url: statusPages[id].url, components },
    ...{ interval: ms(pace.pageIntervalMs), timeout: ms(pace.timeoutMs) },
  });
  return [
    page('render', 'Render', ['Frankfurt / Web Services']),
    page('supabase', 'Supabase', []),
    page('vercel', 'Vercel', []),
    page('rollbar', 'Rollbar', []),
  ];
}

function providersOf({ vercel, render, supabase, statuspage }: Partial<YardParts>): object {
  return {
    ...(vercel && { vercel: { token: '${secret:vercel-token}', project: vercel.projectName, apiUrl: vercel.url } }),
    ...(render && {
      render: { token: '${secret:render-token}', services: render.services.map(({ id }) => id), apiUrl: render.url },
    }),
    ...(supabase && { supabase: { token: '${secret:supabase-token}', ref: supabase.ref, apiUrl: supabase.url } }),
    ...(statuspage && {
      statuspage: { token: '${secret:statuspage-token}', pageId: statuspage.pageId, apiUrl: statuspage.url },
    }),
  };
}

/** What users' browsers fetch keeps its loopback address in either case: a browser has no hosts file of the yard's. */
function leversOf(source: SettingsSource, options: SettingsOptions): object {
  const { api, standby, production, database, vercel } = source.parts;
  return {
    ...bannerOf(source, options),
    ...(production &&
      api &&
      standby &&
      vercel && {
        traffic: {
          ...{ via: options.traffic ?? ['promote-twin', 'vercel-env'], variable: 'VITE_SERVER_ROOT' },
          ...(options.traffic?.includes('global-config') && { globalConfigId: vercel.globalConfigId }),
          ...{ primary: api.url, standby: standby.url },
          ...{ verifyUrl: `${production.url}/`, automation: 'suggest', after: '5m', cooldown: '30m' },
        },
      }),
    ...(database && {
      dump: {
        ...{ connection: '${secret:database-url}', directory: `${source.folder}/dumps`, mode: 'data-only', schemas: ['public'] },
        scratch: '${secret:scratch-url}',
        ...(options.age && { encryptTo: options.age.recipient, identity: '${secret:dump-identity}' }),
      },
    }),
  };
}

function bannerOf({ parts: { production, vercel, statuspage } }: SettingsSource, options: SettingsOptions): object {
  const { banner: via = 'global-config' } = options;
  if (via === 'statuspage') return statuspage ? { banner: { via } } : {};
  if (!production || !vercel) return {};
  if (via === 'vercel-env') return { banner: { via, variable: 'VITE_BANNER', verifyUrl: `${production.url}/` } };
  const { globalConfigId } = vercel;
  return { banner: { via, globalConfigId, key: 'banner', verifyUrl: `${production.url}/config.json` } };
}

function withHost(url: string, host: string): string {
  const changed = new URL(url);
  changed.hostname = host;
  return changed.origin;
}
