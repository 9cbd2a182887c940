import { describe, expect, it } from 'vitest';
import { FillInCache, fillIn, hiddenParts } from '../../../main/checks/fill-in.ts';

const secrets = new Map([
  ['a', 'A$&1'],
  ['b', 'B'],
]);

describe('filling secrets in', () => {
  it('replaces references anywhere in values, more than one in a text, and nothing else', () => {
    const before = {
      x: ['${secret:a} and ${secret:b}', 1, null, true],
      '${secret:a}': { y: 'Bearer ${secret:b}' },
      z: '${secret:c} $1',
    };
    const copy = structuredClone(before);
    expect(fillIn(before, secrets)).toEqual({
      x: ['A$&1 and B', 1, null, true],
      '${secret:a}': { y: 'Bearer B' },
      z: '${secret:c} $1',
    });
    expect(before).toEqual(copy);
  });

  it('does not fill in what a secret says', () => {
    expect(
      fillIn(
        '${secret:a}',
        new Map([
          ['a', '${secret:b}'],
          ['b', 'B'],
        ]),
      ),
    ).toBe('${secret:b}');
  });

  it('treats a key called __proto__ as a key', () => {
    const filled = fillIn(JSON.parse('{"__proto__":{"x":"${secret:b}"}}') as object, secrets);
    expect(JSON.stringify(filled)).toBe('{"__proto__":{"x":"B"}}');
    expect(Object.hasOwn(filled, 'x')).toBe(false);
  });
});

describe('the cache', () => {
  it('gives the same object while secrets stay, a new one when they change, and the original when there are none', () => {
    const cache = new FillInCache<object>();
    const config = { url: '${secret:a}' };
    expect(cache.namesIn(config)).toEqual(['a']);
    const first = cache.fill(config, ['1']);
    expect(first).toEqual({ url: '1' });
    expect(cache.fill(config, ['1'])).toBe(first);
    expect(cache.fill(config, ['2'])).toEqual({ url: '2' });
    const plain = { url: 'x' };
    expect(cache.namesIn(plain)).toEqual([]);
    expect(cache.fill(plain, [])).toBe(plain);
  });
});

describe('what must be hidden of a secret', () => {
  it('is the password as well, when the secret is an address', () => {
    expect(hiddenParts('hunter2')).toEqual(['hunter2']);
    expect(hiddenParts('postgres://u:p%40ss%2Fw@h/d')).toEqual(['postgres://u:p%40ss%2Fw@h/d', 'p%40ss%2Fw', 'p@ss/w']);
  });
});
