// Issue "The three levers", points 1 and 2: the real program, killed with SIGKILL during every step and right before and after
// every change at a provider. The next command tells of it, and the run ends well by resume and by undo, repeating nothing.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../../../shared/run.ts';
import type { PartName } from '../../../simulator/yard-parts.ts';
import type { SettingsOptions } from '../../../simulator/yard-settings.ts';
import { type CommandYard, commandYard, killAt, type Moment, momentName } from '../../support/lever-command.ts';
import { bannerText, lookAtWorld, type World } from '../../support/lever-outside.ts';

const isFull = process.env.SIGNALBOX_MATRIX === 'full';
const web: readonly PartName[] = ['vercel', 'api', 'standby', 'production'];

type Deed = {
  readonly name: string;
  readonly parts: readonly PartName[];
  readonly settings?: SettingsOptions;
  readonly args: readonly string[];
  readonly at: 'vercel' | 'statuspage';
  /** Requests that change something at the provider, in a run that nothing disturbs. */
  readonly changes: number;
  readonly steps: number;
  asked(now: World, before: World): boolean;
};

const toStandby = ['traffic', 'standby', '--yes'];
const onStandby = (now: World): boolean => now.serves.join() === 'standby';
const sameWorld = (one: World, other: World): boolean => JSON.stringify(one) === JSON.stringify(other);
const bannerOn = ['banner', 'on', bannerText('killed')];

const deeds: readonly Deed[] = [
  { name: 'traffic by the twin', parts: web, args: toStandby, at: 'vercel', changes: 2, steps: 6, asked: onStandby },
  {
    ...{ name: 'traffic by a new deployment', parts: web, settings: { traffic: ['vercel-env'] }, args: toStandby },
    ...{ at: 'vercel', changes: 2, steps: 5, asked: onStandby },
  },
  {
    ...{ name: 'traffic by Global Config', parts: web, settings: { traffic: ['global-config'] }, args: toStandby },
    ...{ at: 'vercel', changes: 2, steps: 5, asked: onStandby },
  },
  {
    ...{ name: 'banner in Global Config', parts: web, args: bannerOn, at: 'vercel', changes: 1, steps: 3 },
    asked: ({ shown }) => shown.length === 1,
  },
  {
    ...{ name: 'banner at Statuspage', parts: ['statuspage'], settings: { banner: 'statuspage' }, args: bannerOn },
    ...{ at: 'statuspage', changes: 1, steps: 4, asked: ({ notices }) => notices.length === 1 },
  },
  {
    ...{ name: 'drill', parts: web, args: ['drill', '--yes'], at: 'vercel', changes: 4, steps: 12 },
    asked: (now, before) => sameWorld(now, before),
  },
];

const open = new Set<CommandYard>();
afterEach(async () => {
  for (const place of open) await place.close();
  open.clear();
});
async function placeFor(parts: readonly PartName[], settings?: SettingsOptions): Promise<CommandYard> {
  const place = await commandYard(parts, settings);
  open.add(place);
  return place;
}

function momentsOf({ changes, steps, at, name }: Deed): readonly Moment[] {
  const atChanges = Array.from({ length: changes }, (_, change) =>
    [false, true].map((handled): Moment => ({ change, at, handled })),
  ).flat();
  const during = Array.from({ length: steps }, (_, step): Moment => ({ step }));
  // The steps of one lever of each kind; of the others the changes, where a repetition would show.
  const withSteps = isFull || name === 'traffic by the twin' || name === 'banner at Statuspage';
  return [...atChanges, ...(withSteps ? during : [])];
}

const cases = deeds.flatMap((deed) =>
  momentsOf(deed).flatMap((moment, index) =>
    (['resume', 'undo'] as const)
      // Each moment once by either way, and both where something was sent.
      .filter((way, which) => isFull || (deed.name !== 'drill' && 'change' in moment) || index % 2 === which || way === undefined)
      .map((way) => ({ deed, moment, way, title: `${deed.name}, killed ${momentName(moment)}, then ${way}` })),
  ),
);

describe('a killed command', () => {
  it.each(cases)('$title', { timeout: 90_000 }, async ({ deed, moment, way }) => {
    const place = await placeFor(deed.parts, deed.settings);
    const before = await lookAtWorld(place.yard, place.dumps);
    const { hit } = await killAt(place, deed.args, moment);
    const killed = place.newest();
    if (!hit && 'step' in moment) return expect(killed?.state, 'quicker than the knife').toBe('succeeded');
    expect(hit).toBe(true);
    const run = await interruptedRun(place);
    const ended = await place.command('runs', way, run.id, '--json');
    expect(ended.code, ended.stderr + ended.stdout).toBe(0);
    const now = await lookAtWorld(place.yard, place.dumps);
    const last = JSON.parse(ended.stdout) as Run;
    if (way === 'resume') {
      expect(last.state).toBe('succeeded');
      expect(deed.asked(now, before), JSON.stringify(now)).toBe(true);
    } else {
      expect(last).toMatchObject({ state: 'cancelled', error: { code: 'undone' } });
      expect(now).toEqual(before);
    }
    expect(repeated(place)).toEqual([]);
    expect(place.yard[deed.at].violations).toEqual([]);
  });
});

/** As `signalbox runs` tells it. */
async function interruptedRun(place: CommandYard): Promise<Run> {
  const told = await place.command('runs', '--json');
  expect(told.code, told.stderr).toBe(0);
  const [run] = JSON.parse(told.stdout) as Run[];
  expect(run?.state).toBe('interrupted');
  expect(run?.offers).toContain('resume');
  if (!run) throw new Error('no run is told of');
  return run;
}

/** What no run may do twice: deploy with one mark, tell subscribers. */
function repeated({ yard }: CommandYard): readonly string[] {
  const marks = yard.started.includes('vercel')
    ? yard.vercel.deployments.flatMap(({ meta }) => (meta.signalboxRun ? [`${meta.signalboxRun} ${meta.signalboxStep}`] : []))
    : [];
  const opened = yard.started.includes('statuspage') ? yard.statuspage.incidents.map(({ name }) => name) : [];
  return [...marks, ...opened].filter((one, index, all) => all.indexOf(one) !== index);
}

describe('a killed dump', () => {
  const steps = isFull ? [0, 1, 2, 3, 4, 5, 6] : [1, 3, 4];
  it.each(steps.flatMap((step) => (['resume', 'undo'] as const).map((way) => ({ step, way }))))(
    'leaves no false file, killed during step $step, then $way',
    { timeout: 90_000 },
    async ({ step, way }) => {
      const place = await placeFor(['database', 'supabase']);
      const { hit } = await killAt(place, ['dump'], { step });
      if (!hit) return expect(place.newest()?.state, 'quicker than the knife').toBe('succeeded');
      expect(JSON.parse((await place.command('dump', 'list', '--json')).stdout)).toEqual([]);
      const run = await interruptedRun(place);
      // Before pg_dump was started there is nothing to take back.
      const chosen = run.offers?.includes(way) ? way : 'resume';
      const ended = await place.command('runs', chosen, run.id, '--json');
      expect(ended.code, ended.stderr + ended.stdout).toBe(0);
      await expectOnlyGood(place, chosen === 'resume' ? 1 : 0);
    },
  );

  it('leaves a pg_dump that outlived it without a file that counts, and the next command ends it', {
    timeout: 90_000,
  }, async () => {
    const place = await placeFor(['database', 'supabase']);
    await place.yard.database.query(many);
    const command = place.start('dump');
    const pid = await pgDumpOf(place, command.ended);
    command.kill();
    await command.ended;
    expect(JSON.parse((await place.command('dump', 'list', '--json')).stdout)).toEqual([]);
    const run = await interruptedRun(place);
    const ended = await place.command('runs', 'undo', run.id, '--json');
    expect(ended.code, ended.stderr + ended.stdout).toBe(0);
    expect(existsSync(`/proc/${pid}/cmdline`) && (await commandOf(pid)).includes(place.dumps)).toBe(false);
    await expectOnlyGood(place, 0);
  });
});

/** Enough to keep pg_dump busy for some seconds. */
const many = `insert into timings (route, elapsed_ms, created_at)
  select md5(n::text) || md5((n * 7)::text), n % 900, now() from generate_series(1, 800000) as n`;

const commandOf = (pid: string): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

/** The process that writes into the yard's folder, once there is one. */
async function pgDumpOf(place: CommandYard, ended: Promise<unknown>): Promise<string> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!over) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
      if ((await commandOf(pid)).includes(`--file=${place.dumps}`)) return pid;
  }
  throw new Error('no pg_dump was seen');
}

async function expectOnlyGood(place: CommandYard, count: number): Promise<void> {
  const files = await readdir(place.dumps).catch(() => [] as string[]);
  expect(files.filter((name) => name.endsWith('.partial'))).toEqual([]);
  const listed = JSON.parse((await place.command('dump', 'list', '--json')).stdout) as { problem: string | null }[];
  expect(listed.map(({ problem }) => problem)).toEqual(Array.from({ length: count }, () => null));
  expect(files.filter((name) => /\.dump(\.age)?$/.test(name))).toHaveLength(count);
  if (count === 0) expect(files).toEqual([]);
}
