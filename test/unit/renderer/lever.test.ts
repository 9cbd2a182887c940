// What each lever says in each state, and runs in words, as tables.
import { describe, expect, it } from 'vitest';
import {
  bannerPosition,
  drillWords,
  dumpPosition,
  pointsMove,
  shownRun,
  stanceOf,
  trafficPosition,
  trafficPull,
} from '../../../renderer/lever-model.ts';
import { lineModel } from '../../../renderer/line-model.ts';
import {
  currentStep,
  drillFacts,
  progressWords,
  resultNotes,
  resultSentence,
  runTitle,
  stepTime,
  stepWord,
} from '../../../renderer/run-model.ts';
import type { Run, StepProgress } from '../../../shared/run.ts';
import type { BannerView, TrafficView } from '../../../shared/snapshot.ts';
import { ago, byteSize, byWords, roughly, wayWords } from '../../../shared/words.ts';
import { iso, leversOf, ninePanels, playedAt, runOf, snapshotOf } from '../../support/view-fixtures.ts';

const minutes = (number: number): string => iso(playedAt + number * 60_000);
const off: BannerView = { on: false, text: null, verifiedAt: null, severity: null, expiresAt: null, way: null };
const on: BannerView = { ...off, on: true, text: 'Trouble', severity: 'warning' };

describe('bannerPosition', () => {
  it.each<[string, BannerView, string]>([
    ['never touched', off, 'Off'],
    ['off, as seen', { ...off, verifiedAt: minutes(-2) }, 'Off · seen 2 min ago'],
    ['up and seen', { ...on, verifiedAt: minutes(-2), expiresAt: minutes(61) }, 'On · seen 2 min ago · comes down in 1 h'],
    ['up for good', { ...on, verifiedAt: minutes(0) }, 'On · seen just now · until taken down'],
    ['up, unseen', { ...on, expiresAt: minutes(5) }, 'On · not seen from outside yet · comes down in 5 min'],
    ['over its time', { ...on, verifiedAt: minutes(-90), expiresAt: minutes(-1) }, 'On · seen 1 h ago · comes down now'],
  ])('says a banner %s', (_, banner, expected) => {
    const { word, facts } = bannerPosition(banner, playedAt);
    expect([word, ...facts].join(' · ')).toBe(expected);
  });
});

const traffic = (target: TrafficView['target'], verifiedAt: string | null): TrafficView => ({ target, verifiedAt, way: null });

describe('trafficPosition', () => {
  it.each<[TrafficView, string, string]>([
    [traffic('primary', minutes(-5)), 'On the primary · api.example.com · seen 13:55:00', 'Move to the standby'],
    [traffic('standby', minutes(-5)), 'On the standby · standby.example.com · seen 13:55:00', 'Move back to the primary'],
    [traffic('standby', null), 'On the standby · standby.example.com · not seen from outside', 'Move back to the primary'],
    [traffic('unknown', null), 'On the primary · api.example.com · assumed, nobody has looked yet', 'Move to the standby'],
  ])('of %o', (view, expected, pull) => {
    const { word, facts } = trafficPosition(view, leversOf().traffic, playedAt, 'UTC');
    expect([word, ...facts].join(' · ')).toBe(expected);
    expect(trafficPull(view)).toBe(pull);
  });

  it('does without addresses, and keeps what is none', () => {
    const lever = { ...leversOf().traffic, primary: null, standby: 'the other one' };
    expect(trafficPosition(traffic('primary', null), lever, playedAt).facts).toEqual(['not seen from outside']);
    expect(trafficPosition(traffic('standby', null), lever, playedAt).facts[0]).toBe('the other one');
  });
});

describe('dumpPosition', () => {
  it('tells the last dump, or that there is none', () => {
    const lever = leversOf().dump;
    expect(dumpPosition(lever, playedAt)).toEqual({ word: 'Last dump 3 h ago, 42 MB', facts: [] });
    expect(dumpPosition({ ...lever, last: null }, playedAt)).toEqual({ word: 'No dump yet', facts: [] });
  });
});

describe('drillWords', () => {
  it.each([
    [iso(playedAt - 12 * 86_400_000), 'Last drill 12 d ago'],
    [null, 'Never rehearsed'],
  ])('of a last drill at %s', (lastAt, expected) => {
    expect(drillWords({ ...leversOf().drill, lastAt }, playedAt)).toBe(expected);
  });
});

describe('stanceOf', () => {
  it.each<[boolean, boolean, Run | null, string]>([
    [true, false, null, 'normal'],
    [true, true, null, 'reversed'],
    [false, false, null, 'spare'],
    [false, true, null, 'reversed'],
    [true, true, runOf(), 'moving'],
    [true, false, runOf({ state: 'interrupted' }), 'moving'],
    [true, false, runOf({ state: 'failed' }), 'normal'],
  ])('ready %s, pulled %s, run %o', (ready, pulled, run, expected) => expect(stanceOf(ready, pulled, run)).toBe(expected));
});

describe('shownRun', () => {
  const ended = (id: string, state: Run['state'], minutesAgo: number, action: Run['action'] = 'traffic'): Run =>
    runOf({ id, state, action, atMs: playedAt - (minutesAgo + 1) * 60_000, finishedAt: minutes(-minutesAgo) });
  const shown = (runs: Run[], dismissed: string[] = []): string | null =>
    shownRun(runs, 'traffic', new Set(dismissed), playedAt)?.id ?? null;

  it('prefers what is under way, then what was interrupted, then the newest end', () => {
    const good = ended('good', 'succeeded', 1);
    const stuck = runOf({ id: 'stuck', state: 'interrupted' });
    expect(shown([good, stuck, runOf({ id: 'now' })])).toBe('now');
    expect(shown([good, stuck])).toBe('stuck');
    expect(shown([ended('older', 'failed', 9), good])).toBe('good');
  });

  it('lets good news go after ten minutes, bad news after an hour, and either when it is dismissed', () => {
    expect(shown([ended('good', 'succeeded', 9)])).toBe('good');
    expect(shown([ended('good', 'succeeded', 11)])).toBeNull();
    expect(shown([ended('bad', 'failed', 59)])).toBe('bad');
    expect(shown([ended('bad', 'cancelled', 61)])).toBeNull();
    expect(shown([ended('bad', 'failed', 1)], ['bad'])).toBeNull();
  });

  it('keeps each lever to its own runs: a drill belongs to the traffic lever', () => {
    expect(shown([ended('dump', 'failed', 1, 'dump')])).toBeNull();
    expect(shown([ended('drill', 'failed', 1, 'drill')])).toBe('drill');
  });
});

describe('pointsMove', () => {
  it.each<[Partial<Run>, boolean]>([
    [{}, true],
    [{ action: 'drill', title: 'Drill: traffic to the standby and back' }, true],
    [{ title: 'Build the twin for the standby' }, false],
    [{ state: 'succeeded' }, false],
    [{ action: 'banner' }, false],
  ])('while %o', (parts, expected) => {
    const runs = [runOf(parts)];
    expect(pointsMove(runs)).toBe(expected);
    const model = lineModel(snapshotOf(ninePanels(), { runs }));
    expect([model.moving, model.description.startsWith('The points are being moved.')]).toEqual([expected, expected]);
  });
});

describe('progressWords', () => {
  it.each<[StepProgress, string]>([
    [{ done: 340_000_000, total: 1_200_000_000, unit: 'bytes' }, '340 MB of 1.2 GB'],
    [{ done: 340_000_000, total: null, unit: 'bytes' }, '340 MB'],
    [{ done: 12, total: 40, unit: 'tables' }, '12 of 40 tables'],
    [{ done: 38, total: null, unit: 'seconds' }, '38 s'],
    [{ done: 1_234_567, total: null, unit: 'rows' }, '1,234,567 rows'],
  ])('of %o', (progress, expected) => expect(progressWords(progress)).toBe(expected));
});

describe('resultSentence', () => {
  it.each<[string, Partial<Run>, string]>([
    [
      'a switch that was seen',
      { result: { to: 'standby', way: 'promote-twin', verified: true, elapsedMs: 8_400 } },
      'Seen from outside after 8.40 s, by promotion of the twin.',
    ],
    ['a twin', { result: { commit: 'abc', verified: true, elapsedMs: 61_000 } }, 'Built after 1 min 1 s; nothing was moved.'],
    [
      'a deed without proof',
      { result: { to: 'standby', verified: false, way: 'x', elapsedMs: 900 } },
      'Done after 900 ms, by x.',
    ],
    ['a run that says nothing', { finishedAt: iso(playedAt - 58_000) }, 'Done after 2.00 s.'],
    ['a dump', { action: 'dump', result: { file: '/d/a.dump', bytes: 42e6, tables: 1 } }, 'a.dump, 42 MB, 1 table.'],
    [
      'a Windows dump',
      { action: 'dump', result: { file: 'C:\\d\\a.dump', bytes: 5e5, tables: ['a', 'b'] } },
      'a.dump, 500 kB, 2 tables.',
    ],
    [
      'a drill',
      { action: 'drill', result: { standbyWokeMs: 38_000, backMs: 7_900, ok: true } },
      'Standby woke in 38 s, back in 7.90 s.',
    ],
    ['a drill without figures', { action: 'drill', result: {}, finishedAt: iso(playedAt) }, 'Done after 1 min.'],
  ])('of %s', (_, parts, expected) => expect(resultSentence(runOf({ state: 'succeeded', ...parts }))).toBe(expected));
});

it('reads a drill’s report in the order it was written, unknown parts by their own name', () => {
  const result = { standbyWokeMs: null, switchedMs: 2_000, readBackMs: 400, attempts: 3, elapsedMs: 5_000 };
  expect(drillFacts(runOf({ action: 'drill', result }))).toEqual(['switched in 2.00 s', 'read back in 400 ms', 'all in 5.00 s']);
});

it('keeps the warnings of a run, and why a faster way was not taken', () => {
  const result = { warnings: ['Auto-assign is off.', 7], reasons: ['There was no twin.'], notRestored: 'No scratch.' };
  expect(resultNotes(runOf({ result }))).toEqual([
    { level: 'warning', text: 'Auto-assign is off.' },
    { level: 'note', text: 'There was no twin.' },
    { level: 'note', text: 'No scratch.' },
  ]);
  expect(resultNotes(runOf())).toEqual([]);
});

describe('a run', () => {
  it('is called by its title, or by its lever', () => {
    const { title: _, ...untitled } = runOf();
    expect([runTitle(runOf()), runTitle(untitled)]).toEqual(['Traffic to the standby', 'Traffic']);
  });

  it('is at the step under way, or at the last that was', () => {
    const run = runOf();
    expect(currentStep(run)?.name).toBe('Promote the twin');
    expect(currentStep({ ...run, steps: run.steps.slice(0, 2) })?.name).toBe('Set VITE_SERVER_ROOT');
    expect(currentStep({ ...run, steps: [] })).toBeNull();
  });

  it('tells the time of ended steps that took any', () => {
    const [wake, set, promote] = runOf().steps;
    expect([wake, set, promote].map((step) => step && stepTime(step))).toEqual(['38 s', '1.20 s', null]);
  });

  it('has a word for every state of a step', () => {
    const states = ['waiting', 'running', 'succeeded', 'failed', 'skipped', 'cancelled', 'undone'] as const;
    expect(new Set(states.map(stepWord)).size).toBe(states.length);
  });
});

describe('roughly', () => {
  it.each([
    [-5, '0 s'],
    [38_900, '38 s'],
    [119_000, '1 min'],
    [7_300_000, '2 h'],
    [12.9 * 86_400_000, '12 d'],
  ])('says %d ms as %s', (ms, expected) => expect(roughly(ms)).toBe(expected));
});

describe('byteSize', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999.6, '1 kB'],
    [1_240, '1.2 kB'],
    [41_800_000, '42 MB'],
    [999_600_000, '1 GB'],
    [1_200_000_000, '1.2 GB'],
    [5e15, '5000 TB'],
  ])('says %d as %s', (bytes, expected) => expect(byteSize(bytes)).toBe(expected));
});

it('knows ways and faces by their names, and keeps unknown ones', () => {
  expect([wayWords('vercel-env'), wayWords('carrier-pigeon')]).toEqual(['a new deployment', 'carrier-pigeon']);
  expect(byWords('automation')).toBe('by automation');
  expect([ago(playedAt - 4_000, playedAt), ago(playedAt - 65_000, playedAt)]).toEqual(['just now', '1 min ago']);
});
