// Values and their places: reading, writing, comparing, and paths as the engine writes them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOf, placeWords, problemLine } from '../../../../renderer/settings/place-words.ts';
import { isWithin, moved, pathText, same, valueAt, withAt, withKey } from '../../../../renderer/settings/values.ts';

describe('pathText', () => {
  it('writes a path as the engine does', () => {
    expect(pathText(['monitors', 2, 'expect', 'status', 0])).toBe('monitors[2].expect.status[0]');
    expect(pathText([])).toBe('');
  });

  it('is read back by pathOf', () => {
    expect(pathOf('monitors[2].expect.status[0]')).toEqual(['monitors', 2, 'expect', 'status', 0]);
    expect(pathOf('')).toEqual([]);
  });
});

describe('isWithin', () => {
  it.each([
    ['monitors[1].url', 'monitors[1]', true],
    ['monitors[1]', 'monitors[1]', true],
    ['monitors[10].url', 'monitors[1]', false],
    ['dumping', 'dump', false],
    ['anything', '', true],
  ])('%s in %s: %s', (place, path, expected) => expect(isWithin(place, path)).toBe(expected));
});

describe('withKey', () => {
  it('keeps the order of keys, and takes a key out', () => {
    expect(Object.keys(withKey({ a: 1, b: 2 }, 'a', 3))).toEqual(['a', 'b']);
    expect(withKey({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 });
  });

  it('takes hostile names as names', () => {
    const result = withKey({}, '__proto__', { polluted: true });
    expect(Object.hasOwn(result, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('withAt', () => {
  it('makes and removes what lies between', () => {
    const made = withAt({ app: 1 }, ['providers', 'render'], { token: 'x' });
    expect(made).toEqual({ app: 1, providers: { render: { token: 'x' } } });
    expect(withAt(made, ['providers', 'render'], undefined)).toEqual({ app: 1 });
  });
});

describe('valueAt', () => {
  it('reads lists and objects, and nothing that was inherited', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(valueAt({}, ['constructor'])).toBeUndefined();
    expect(valueAt('text', [0])).toBeUndefined();
  });
});

describe('same', () => {
  it('does not care about the order of keys, and finds every difference', () => {
    expect(same({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
    expect(same({ a: undefined }, { b: undefined })).toBe(false);
    expect(same([1, 2], [2, 1])).toBe(false);
    expect(same(null, {})).toBe(false);
  });

  it('agrees with JSON for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const copy: unknown = JSON.parse(JSON.stringify(a));
        expect(same(copy, JSON.parse(JSON.stringify(a)))).toBe(true);
        if (JSON.stringify(a) === JSON.stringify(b)) expect(same(copy, JSON.parse(JSON.stringify(b)))).toBe(true);
      }),
    );
  });
});

describe('moved', () => {
  it('moves one, and stays within the list', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b'], 0, 2)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  });
});

describe('placeWords', () => {
  const document = { monitors: [{ id: 'api', name: 'API (Frankfurt)' }] };

  it.each([
    ['monitors[0].interval', 'API (Frankfurt) › Check every'],
    ['monitors[7].url', 'monitor 8 › Address'],
    ['monitors', ''],
    ['providers.vercel.token', 'Providers › Vercel › Token'],
    ['alerts.remindEvery', 'Alerts › Remind every'],
    ['maintenance[1].from', 'Maintenance › maintenance window 2 › From'],
    ['dump.connection', 'Dump › Connection'],
    ['', ''],
  ])('%s is %s', (path, expected) => expect(placeWords(path, document)).toBe(expected));

  it('begins a problem with its place', () => {
    expect(problemLine({ path: 'dump.keep', message: 'too small' }, document)).toBe('Dump › Dumps to keep: too small');
    expect(problemLine({ path: '', message: 'not JSON' }, document)).toBe('not JSON');
  });
});
