// The place of a mistake in settings text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstMistake, parseSettingsText } from '../../../main/storage/settings-text.ts';

function messageOf(text: string): string {
  try {
    parseSettingsText(text, 'settings.json');
  } catch (error: unknown) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'fine';
}

describe('settings text', () => {
  it.each([
    ['{\n  "a": 1,\n}', 'line 3, column 1, a comma before "}", which JSON does not allow'],
    ['{\n  // note\n  "a": 1\n}', 'line 2, column 3, a comment, which JSON does not have'],
    ['{ "a": 1', 'line 1, column 9, the file ends too early'],
    ['', 'line 1, column 1, the file ends too early'],
    ['{ "a": on }', 'line 1, column 8, unexpected "on"'],
    ['{ "a" 1 }', 'line 1, column 7, unexpected "1"'],
    ['{ a: 1 }', 'line 1, column 3, unexpected "a:"'],
    ['{ "a": [1 2] }', 'line 1, column 11, unexpected "2"'],
    ['{ "a": [1} }', 'line 1, column 10, unexpected "}"'],
    ['{ "a": 01 }', 'line 1, column 8, unexpected "01"'],
    ['{ "a": "x\ny" }', 'line 1, column 8, unexpected "\\"x"'],
    ['{} {}', 'line 1, column 4, unexpected "{"'],
  ])('%j is refused with its place', (text, said) => {
    expect(messageOf(text)).toBe(`settings.json is not valid JSON: ${said}.`);
  });

  it('must be one object', () => {
    for (const text of ['[]', '"x"', 'null']) expect(messageOf(text)).toContain('must hold one JSON object');
  });

  it('may begin with a byte order mark', () => {
    expect(parseSettingsText('\uFEFF{"a":1}', 'f')).toEqual({ a: 1 });
  });

  it('has a mistake exactly when JSON.parse finds one', () => {
    const valid = fc.json();
    const damaged = fc
      .tuple(valid, fc.nat(200), fc.constantFrom('', ',', '}', ']', '"', ':', 'x', '0', '\\'))
      .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
    fc.assert(
      fc.property(fc.oneof(valid, damaged), (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(firstMistake(text) === null).toBe(parses);
      }),
      { numRuns: 2_000 },
    );
  });
});
