import { describe, expect, it } from 'vitest';
import { nearest } from '../../../main/cli/near.ts';
import { jsonLine } from '../../../main/cli/output.ts';
import { aligned, cells } from '../../../main/cli/table.ts';
import { runWithinLimits } from '../../../main/cli/within-limits.ts';

describe('a table', () => {
  it('counts cells, not characters', () => {
    expect(cells('abc')).toBe(3);
    expect(cells('数据库')).toBe(6);
    expect(cells('e\u0301')).toBe(1);
    expect(cells('👩‍💻')).toBe(2);
    expect(cells('\u001b[31mred\u001b[39m')).toBe(3);
    expect(cells('●▲■○')).toBe(4);
  });

  it('lines columns up and ends lines without blanks', () => {
    expect(
      aligned([
        ['数据', 'x', ''],
        ['abc', 'yy', 'end'],
      ]),
    ).toEqual(['数据  x', 'abc   yy  end']);
  });
});

describe('the nearest names', () => {
  it.each([
    ['apu', ['api']],
    ['API', ['api']],
    ['stand', ['standby']],
    ['logn', ['login']],
    ['zebra', []],
    ['', []],
  ])('of %j are %j', (typed, expected) => {
    expect(nearest(typed, ['api', 'login', 'standby', 'web'])).toEqual(expected);
  });
});

describe('a line of JSON', () => {
  it('escapes what a terminal could obey and still reads the same (S-46)', () => {
    const hostile = { text: 'a\u009b31mb\u202ec\u001b[0m\u2028' };
    const line = jsonLine(hostile);
    expect(line).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(line)).toEqual(hostile);
  });
});

/** Records how many ran at once, in all and per host. */
function meter() {
  const running = new Map<string, number>();
  const most = { all: 0, host: 0 };
  return {
    most,
    run: async (item: string): Promise<string> => {
      const host = item.charAt(0);
      running.set(host, (running.get(host) ?? 0) + 1);
      most.all = Math.max(
        most.all,
        [...running.values()].reduce((a, b) => a + b, 0),
      );
      most.host = Math.max(most.host, running.get(host) ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
      running.set(host, (running.get(host) ?? 0) - 1);
      return item.toUpperCase();
    },
  };
}

describe('running within limits', () => {
  const items = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'c1'];
  const hostOf = (item: string): string => item.charAt(0);
  const live = new AbortController().signal;

  it('keeps the order of the items', async () => {
    const limits = { concurrent: 3, perHost: 2, gapPerHostMs: 0 };
    expect(await runWithinLimits(items, limits, hostOf, meter().run, live)).toEqual(items.map((item) => item.toUpperCase()));
  });

  it('never runs more than allowed in all or per host, and reaches both', async () => {
    const { most, run } = meter();
    await runWithinLimits(items, { concurrent: 3, perHost: 2, gapPerHostMs: 0 }, hostOf, run, live);
    expect(most).toEqual({ all: 3, host: 2 });
  });

  it('does not limit per host what has none', async () => {
    const { most, run } = meter();
    await runWithinLimits(items, { concurrent: 8, perHost: 1, gapPerHostMs: 60_000 }, () => null, run, live);
    expect(most.all).toBe(8);
  });

  it('leaves a gap between two starts to one host', async () => {
    const starts: number[] = [];
    const run = async (): Promise<void> => void starts.push(performance.now());
    await runWithinLimits(['a1', 'a2', 'a3'], { concurrent: 9, perHost: 2, gapPerHostMs: 40 }, hostOf, run, live);
    const [first = 0, second = 0, third = 0] = starts;
    // Timers may fire a hair early against the monotonic clock.
    expect(second - first).toBeGreaterThanOrEqual(38);
    expect(third - second).toBeGreaterThanOrEqual(38);
  });

  it('starts nothing more once cancelled', async () => {
    const controller = new AbortController();
    let ran = 0;
    const run = async (): Promise<void> => {
      ran += 1;
      controller.abort();
    };
    const limits = { concurrent: 1, perHost: 1, gapPerHostMs: 60_000 };
    await expect(runWithinLimits(items, limits, hostOf, run, controller.signal)).rejects.toThrow();
    expect(ran).toBe(1);
  });
});
