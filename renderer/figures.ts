// Figures as the window prints them. Pure.
import type { Run } from '../shared/run.ts';

/** A share in percent that is never rounded up to a clean 100: `100 %`, `99.95 %`, `97.1 %`; `–` where nothing was watched. */
export function percent(share: number | null): string {
  if (share === null) return '–';
  // A hundredth of a percent as an integer first: 99.95 * 100 is 9994.999… in binary.
  const hundredths = Math.floor(Number((share * 100).toFixed(6)));
  return `${hundredths / 100} %`;
}

/** Uptime with what it was measured over: `99.95 % of the 97 % we watched`. */
export function uptimeWords(share: number | null, coverage: number | null): string {
  if (share === null) return 'not watched';
  const watched = Math.floor(coverage ?? 0);
  return watched >= 100 ? `${percent(share)}, watched throughout` : `${percent(share)} of the ${watched} % we watched`;
}

/** `1 check`, `12 checks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const runWords = {
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
} as const;

export function runWord(state: Run['state']): string {
  return runWords[state];
}
