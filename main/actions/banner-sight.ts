// Whether users see the banner, or no longer see it: read from outside, because what a provider stored is not what is shown.
import { FaultError } from '../../shared/fault.ts';
import type { Finding } from '../../shared/lever.ts';
import type { Journal, Memory } from '../engine/levers.ts';
import { readNotes } from './banner-notes.ts';
import { quoted, type Wanted } from './banner-way.ts';
import { seesText, waitUntil } from './outside.ts';

export type Sight = {
  /** Where it looks; null: nowhere. */
  readonly url: string | null;
  readonly withinMs: number;
  /** For a preflight. */
  readonly findings: readonly Finding[];
  /** Why nobody can tell, as a sentence; null when one can. */
  cannotTell(memory: Memory): string | null;
  /** Looks until what is shown is right, at most `withinMs`. Where nobody can tell, it is right. */
  isRight(memory: Memory, signal: AbortSignal): Promise<boolean>;
  /** The fault after the last look. */
  notSeen(): FaultError;
};

const everyMs = 300;

export function makeSight(options: {
  readonly url: string | null;
  readonly wanted: Wanted;
  readonly journal: Pick<Journal, 'recall'>;
  readonly withinMs: number;
}): Sight {
  const { url, wanted, journal, withinMs } = options;
  let problem: string | null = null;
  // Taken down is what is not shown any more: for that one must know what was shown.
  const textOf = (memory: Memory): string | null => {
    if (wanted.on) return wanted.text;
    const known = journal.recall('banner');
    return readNotes(memory).before?.text ?? (known?.on ? known.text : null);
  };
  return {
    url,
    withinMs,
    findings: url === null ? [blind] : [],
    cannotTell(memory) {
      if (url === null) return '`banner.verifyUrl` is not set, so nobody looked whether users see the change.';
      return textOf(memory) === null ? 'the text that was shown is not known, so nobody can look for it.' : null;
    },
    isRight(memory, signal) {
      const text = textOf(memory);
      if (url === null || text === null) return Promise.resolve(true);
      const look = async (limited: AbortSignal): Promise<boolean> => {
        const sight = await seesText({ url, text, signal: limited });
        problem = sight.problem;
        return wanted.on ? sight.seen : !sight.seen && sight.problem === null;
      };
      return waitUntil(look, { everyMs, limitMs: withinMs, signal });
    },
    notSeen: () => (wanted.on ? notSeen(url, wanted, problem, withinMs) : stillSeen(url, problem, withinMs)),
  };
}

const blind: Finding = {
  level: 'warning',
  text: '`banner.verifyUrl` is not set: nobody will look whether users see the change. Set it to the page, or to what it reads the banner from.',
};

const after = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

function notSeen(url: string | null, { text }: Wanted, problem: string | null, withinMs: number): FaultError {
  return new FaultError({
    code: 'banner-not-seen',
    message: `The banner was written, but ${url} did not show ${quoted(text)} within ${after(withinMs)}${problem ? `: ${problem}` : '.'}`,
    next: 'Check that `banner.verifyUrl` is the page that shows the banner, and that the front end reads it from where it was written.',
    exitCode: 1,
  });
}

function stillSeen(url: string | null, problem: string | null, withinMs: number): FaultError {
  const why = problem ? `could not be read for certain: ${problem}` : 'still shows it.';
  return new FaultError({
    code: 'banner-still-seen',
    message: `The banner was taken down and stays down where it is kept, but ${after(withinMs)} later ${url} ${why}`,
    next: 'Look at the page yourself; a cache may keep it for a while. `signalbox banner off` looks again.',
    exitCode: 1,
  });
}
