import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postmortem } from '../../../main/core/postmortem.ts';
import { firstPage, mergePage, type Page } from '../../../main/core/postmortem-merge.ts';
import { postmortemPage } from '../../../main/core/postmortem-page.ts';
import { facts, young } from './postmortem-samples.ts';

const early: Page = [
  '# Title',
  '',
  { name: 'basic', lines: ['- Start: 14:00', '- End: not yet'] },
  '',
  '_To fill in_',
  { name: 'timeline', lines: ['- one'] },
];
const late: Page = [
  '# Other',
  { name: 'basic', lines: ['- Start: 14:00', '- End: 14:25'] },
  { name: 'timeline', lines: ['- one', '- two'] },
];
const latest: Page = [
  { name: 'basic', lines: ['- Start: 14:00', '- End: 14:30'] },
  { name: 'timeline', lines: ['- one', '- two'] },
];
const first = firstPage(early);

describe('mergePage', () => {
  it('changes nothing where nothing is new', () => {
    expect(mergePage(first, early)).toBe(first);
  });

  it('brings blocks that nobody touched up to date, and nothing else', () => {
    const merged = mergePage(first.replace('_To fill in_', 'Written by me.'), late);
    expect(merged).toContain('- End: 14:25');
    expect(merged).not.toContain('not yet');
    expect(merged).toContain('- two');
    expect(merged).toContain('# Title\n');
    expect(merged).toContain('Written by me.');
    expect(merged).not.toContain('# Other');
  });

  it('keeps a block that was edited, and offers once what it would write', () => {
    const mine = first.replace('- End: not yet', '- End: 14:20, I think');
    const merged = mergePage(mine, late);
    expect(merged).toContain('- End: 14:20, I think');
    expect(merged.match(/- End: 14:25/g)).toHaveLength(1);
    expect(merged.indexOf('I think')).toBeLessThan(merged.indexOf('14:25'));
    expect(mergePage(merged, late)).toBe(merged);
  });

  it('offers nothing while there is nothing new to offer', () => {
    const mine = first.replace('- End: not yet', '- End: soon');
    const merged = mergePage(mine, early);
    expect(merged).toContain('- End: soon');
    expect(merged).not.toContain('signalbox:offer');
  });

  it('does not offer again what was deleted, until there is news', () => {
    const offered = mergePage(first.replace('not yet', 'soon'), late);
    const declined = offered.replace(/<!-- signalbox:offer[\s\S]*?signalbox:end basic -->\n/, '');
    expect(declined).not.toContain('14:25');
    expect(mergePage(declined, late)).toBe(declined);
    expect(mergePage(declined, latest)).toContain('- End: 14:30');
  });

  it('brings an open offer up to date instead of adding another', () => {
    const merged = mergePage(mergePage(first.replace('not yet', 'soon'), late), latest);
    expect(merged).not.toContain('14:25');
    expect(merged.match(/- End: 14:30/g)).toHaveLength(1);
  });

  it('takes an offer that was worked on for the person’s own text', () => {
    const offered = mergePage(first.replace('not yet', 'soon'), late);
    const worked = mergePage(offered.replace('- End: 14:25', '- End: 14:25, see Slack'), latest);
    expect(worked).toContain('- End: 14:25, see Slack');
    expect(mergePage(worked, latest)).toBe(worked);
  });

  it('takes the offer for the block when the person’s version is deleted', () => {
    const offered = mergePage(first.replace('not yet', 'soon'), late);
    const taken = offered.replace(/<!-- signalbox:yours[\s\S]*?signalbox:end basic -->\n/, '');
    const merged = mergePage(taken, latest);
    expect(merged).toContain('signalbox:begin basic');
    expect(merged).toContain('- End: 14:30');
    expect(merged).not.toContain('Take what you need');
  });

  it('lets a deleted block be', () => {
    const without = first.replace(/<!-- signalbox:begin timeline[\s\S]*end timeline -->\n/, '');
    expect(mergePage(without, late)).not.toContain('- two');
  });

  it.each([
    ['a begin without its end', first.replace('<!-- signalbox:end basic -->\n', '')],
    ['an end without its begin', first.replace(/<!-- signalbox:begin basic .*\n/, '')],
    ['a note on a fence', first.replace('end basic -->', 'end basic --> mine')],
    ['a block of a later version', first.replaceAll(/(begin|end) basic/g, '$1 future')],
  ])('takes %s for text', (_, text) => {
    const merged = mergePage(text, late);
    expect(merged).toContain('- End: not yet');
    expect(mergePage(merged, late)).toBe(merged);
  });

  it('keeps the line ends of Windows', () => {
    const merged = mergePage(first.replaceAll('\n', '\r\n'), late);
    expect(merged).toContain('- End: 14:25\r\n');
    expect(merged.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(mergePage(merged, late)).toBe(merged);
  });

  it('does not take stripped blanks at line ends for an edit', () => {
    const page: Page = [{ name: 'basic', lines: ['- one  ', '- two'] }];
    expect(mergePage(firstPage(page).replace('one  ', 'one'), late)).not.toContain('signalbox:yours');
  });
});

describe('a person’s words', () => {
  const [before, after] = [postmortem(young), postmortem(facts)];
  const start = postmortemPage(before, null).split('\n');
  const typed = fc
    .string({ minLength: 1, maxLength: 30, unit: fc.constantFrom(...'abcÄ漢 -*#<>!|`_[]()') })
    .map((text) => `typed ${text.trim()} end`);
  const edit = fc.record({
    at: fc.nat(start.length + 30),
    kind: fc.constantFrom('insert', 'insert', 'insert', 'append', 'delete', 'copy', 'swap'),
    text: typed,
  });
  type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

  /** The text after an editor's session, and the lines in it that a person wrote. */
  function edited(lines: readonly string[], edits: readonly Edit[]): string {
    const now = [...lines];
    for (const { at, kind, text } of edits) {
      const index = at % now.length;
      const line = now[index] ?? '';
      if (kind === 'insert') now.splice(index, 0, text);
      else if (kind === 'append') now[index] = `${line} ${text}`;
      else if (kind === 'delete') now.splice(index, 1);
      else if (kind === 'copy') now.splice(index, 0, line);
      else now[index] = now[(index + 1) % now.length] ?? '';
      if (now.length === 0) now.push('');
    }
    return now.join('\n');
  }
  const wordsOf = (text: string): readonly string[] => text.split('\n').filter((line) => / ?typed .* end/.test(line));

  it('survive wherever they are put, through two rounds, and a second run changes nothing', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 12 }), fc.array(edit, { maxLength: 6 }), (one, two) => {
        const mine = edited(start, one);
        const first = postmortemPage(after, mine);
        for (const line of wordsOf(mine)) expect(first.split('\n')).toContain(line);
        expect(postmortemPage(after, first)).toBe(first);
        const again = edited(first.split('\n'), two);
        const second = postmortemPage(before, again);
        for (const line of wordsOf(again)) expect(second.split('\n')).toContain(line);
        expect(postmortemPage(before, second)).toBe(second);
      }),
      { numRuns: 1_500 },
    );
  });

  it('stay in their order and number', () => {
    fc.assert(
      fc.property(
        fc.array(
          edit.filter(({ kind }) => kind === 'insert'),
          { maxLength: 12 },
        ),
        (edits) => {
          const mine = edited(start, edits);
          expect(wordsOf(postmortemPage(after, mine))).toEqual(wordsOf(mine));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
