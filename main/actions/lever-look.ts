// The look before a lever moves: an action's own, within its time and within the contract's lengths.
import { FaultError } from '../../shared/fault.ts';
import type { Preflight } from '../../shared/lever.ts';
import type { Clock } from '../engine/ports.ts';
import type { Action } from './action.ts';
import { within } from './runner-limits.ts';
import { type Clean, say, sayFault } from './runner-text.ts';

const lookLimitMs = 20_000;

/** Read-only. @throws FaultError what the action says, `timeout`, or `cancelled` */
export async function lookFirst(
  action: Action,
  { signal, clock, clean }: { readonly signal: AbortSignal; readonly clock: Clock; readonly clean: Clean },
): Promise<Preflight> {
  const ended = await within((limited) => action.prepare(limited), { clock, limitMs: lookLimitMs, cancel: signal });
  if (!('end' in ended)) {
    if (ended.why === 'limit') throw tookTooLong();
    if (ended.why === 'cancel') throw cancelledLook();
    throw ended.error;
  }
  const { changes, findings, refusal, forceable, asks } = ended.end;
  return {
    title: say(action.title, 200, clean),
    changes: changes.slice(0, 20).map((text) => say(text, 1_000, clean)),
    findings: findings.slice(0, 20).map(({ level, text }) => ({ level, text: say(text, 1_000, clean) })),
    refusal: refusal && sayFault(refusal, clean),
    forceable,
    asks,
  };
}

function tookTooLong(): FaultError {
  return new FaultError({
    code: 'timeout',
    message: 'Looking at what this would change took too long.',
    next: 'See whether the providers answer (signalbox doctor), then try again.',
    exitCode: 1,
  });
}

function cancelledLook(): FaultError {
  return new FaultError({
    code: 'cancelled',
    message: 'Cancelled; nothing was changed.',
    next: 'Start it again when you want it.',
    exitCode: 130,
  });
}
