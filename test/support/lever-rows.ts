// The rows of the matrix: each lever in each of its ways, what stands before it is pulled, and how the world looks when it has
// done what was asked.
import type { LeverRequest } from '../../shared/lever.ts';
import { leverRequest } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import type { PartName } from '../../simulator/yard-parts.ts';
import type { SettingsOptions } from '../../simulator/yard-settings.ts';
import type { Bench } from './lever-bench.ts';
import { bannerText, type World } from './lever-outside.ts';

export type Row = {
  readonly name: string;
  readonly parts: readonly PartName[];
  readonly settings?: SettingsOptions;
  /** What stands before: pulled without a fault. */
  readonly first?: readonly LeverRequest[];
  prepare?(bench: Bench): Promise<void> | void;
  request(bench: Bench): Promise<LeverRequest> | LeverRequest;
  /** True when the world is as asked. */
  asked(now: World, before: World, run?: Run): boolean;
  /** Faults that mean something to it. */
  readonly faults: readonly string[];
};

const asked = (request: object): LeverRequest => leverRequest.parse(request);
const bannerOn = (name: string): LeverRequest => asked({ action: 'banner', on: true, text: bannerText(name) });
const bannerOff = asked({ action: 'banner', on: false });
const traffic = (to: 'standby' | 'primary' | 'prepare'): LeverRequest => asked({ action: 'traffic', to });

const web: readonly PartName[] = ['vercel', 'api', 'standby', 'production'];
const vercelFaults = ['vercel-refuse', 'vercel-hang', 'vercel-5xx', 'vercel-429', 'vercel-drop', 'vercel-token'] as const;
const everywhere = ['offline', 'production-refuse', 'cancel', 'cancel-late'] as const;

const banner = (via: 'global-config' | 'vercel-env' | 'statuspage'): readonly Row[] => {
  const own =
    via === 'statuspage'
      ? ['statuspage-refuse', 'statuspage-5xx', 'statuspage-drop', 'offline', 'cancel', 'cancel-late']
      : [...vercelFaults, ...(via === 'vercel-env' ? ['vercel-builds-fail'] : []), ...everywhere];
  const common = {
    parts: via === 'statuspage' ? (['statuspage'] as const) : ([...web] as const),
    settings: { banner: via },
    faults: own,
  };
  const shows = (world: World): readonly string[] => (via === 'statuspage' ? world.notices : world.shown);
  const are = (list: readonly string[], ...wanted: readonly string[]): boolean => JSON.stringify(list) === JSON.stringify(wanted);
  return [
    {
      ...{ ...common, name: `banner on, ${via}`, request: () => bannerOn('new') },
      asked: (world) => are(shows(world), bannerText('new')),
    },
    {
      ...{ ...common, name: `banner on over another, ${via}`, first: [bannerOn('old')], request: () => bannerOn('new') },
      // A notice before that could not be closed is told in its step: the new one is up.
      asked: (world, _before, run) =>
        are(shows(world), bannerText('new')) ||
        (are(shows(world), bannerText('old'), bannerText('new')) &&
          run?.steps.at(-1)?.detail?.includes('still open: resolve it at Statuspage') === true),
    },
    {
      ...{ ...common, name: `banner off, ${via}`, first: [bannerOn('old')], request: () => bannerOff },
      asked: (world) => are(shows(world)),
    },
  ];
};

type Ways = NonNullable<SettingsOptions['traffic']>;
const trafficRow = (to: 'standby' | 'primary', ways: Ways, redeployEnv: 'inherit' | 'fresh' = 'inherit'): Row => {
  const label = ways.length > 1 ? ways.join(' > ') : `${ways[0]}${ways[0] === 'vercel-env' ? ` (${redeployEnv})` : ''}`;
  const own = [
    ...(ways.includes('promote-twin') ? ['vercel-promotions-fail'] : []),
    ...(ways.includes('vercel-env') ? ['vercel-builds-fail'] : []),
    to === 'standby' ? 'standby-refuse' : 'api-refuse',
  ];
  return {
    name: `traffic to the ${to}, ${label}`,
    parts: web,
    settings: { traffic: ways },
    ...(to === 'primary' && { first: [traffic('standby')] }),
    prepare: ({ yard }) => {
      yard.vercel.switches.redeployEnv = redeployEnv;
    },
    request: () => traffic(to),
    asked: (world) => world.serves.join() === to,
    faults: [...vercelFaults, ...own, ...everywhere],
  };
};

const all: Ways = ['global-config', 'promote-twin', 'vercel-env'];

export const webRows: readonly Row[] = [
  ...banner('global-config'),
  ...banner('vercel-env'),
  ...banner('statuspage'),
  ...(['standby', 'primary'] as const).flatMap((to) => [
    trafficRow(to, ['global-config']),
    trafficRow(to, ['promote-twin']),
    trafficRow(to, ['vercel-env'], 'inherit'),
    trafficRow(to, ['vercel-env'], 'fresh'),
    trafficRow(to, all),
  ]),
  {
    ...{ name: 'traffic prepare', parts: web, request: () => traffic('prepare') },
    asked: (now, before) => same(now, before),
    faults: [...vercelFaults, 'vercel-builds-fail', ...everywhere],
  },
  {
    ...{ name: 'drill', parts: web, request: () => asked({ action: 'drill' }) },
    asked: (now, before) => now.serves.join() === 'primary' && same({ ...now, serves: [] }, { ...before, serves: [] }),
    faults: [...vercelFaults, 'vercel-promotions-fail', 'standby-refuse', 'api-refuse', ...everywhere],
  },
];

const server: readonly PartName[] = ['database', 'supabase'];
const databaseFaults = ['database-down', 'wrong-password', 'drop-mid-dump', 'pooler-down', 'offline', 'cancel'] as const;
const create = asked({ action: 'dump', task: 'create' });
const dumpsIn = ({ files }: World): number => files.filter((name) => /\.dump(\.age)?$/.test(name)).length;
const isMade = (now: World, before: World): boolean => dumpsIn(now) === dumpsIn(before) + 1;
const verify = async (bench: Bench): Promise<LeverRequest> => {
  const [newest] = await bench.dumps();
  return asked({ action: 'dump', task: 'verify', file: newest?.name ?? 'none' });
};

export const databaseRows = (age: { readonly recipient: string; readonly identity: string }): readonly Row[] => [
  { name: 'dump', parts: server, request: () => create, asked: isMade, faults: databaseFaults },
  { name: 'dump, encrypted', parts: server, settings: { age }, request: () => create, asked: isMade, faults: databaseFaults },
  {
    ...{ name: 'dump verify', parts: server, first: [create], request: verify, asked: same, faults: databaseFaults },
  },
];

export function same(one: World, other: World): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
