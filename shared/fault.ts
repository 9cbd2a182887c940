// An expected failure on its way to a person: what happened, and what to do next (DESIGN section 9, errors).
import type { Fault } from './ipc.ts';

/** Exit codes of the command line: 1 bad news, 2 usage or settings, 3 a provider refused, 130 cancelled. */
export type ExitCode = 1 | 2 | 3 | 130;

/** Thrown at start-up and by commands for what the user can fix; everything else that is thrown is a bug. */
export class FaultError extends Error {
  readonly code: string;
  readonly next: string;
  readonly exitCode: ExitCode;

  constructor(fault: Fault & { readonly exitCode?: ExitCode; readonly cause?: unknown }) {
    super(fault.message, { cause: fault.cause });
    this.name = 'FaultError';
    this.code = fault.code;
    this.next = fault.next;
    this.exitCode = fault.exitCode ?? 2;
  }
}

/** The reply form of anything caught; an unexpected error keeps its message and says that it is ours. */
export function faultOf(error: unknown): Fault {
  if (error instanceof FaultError) return { code: error.code, message: error.message, next: error.next };
  return {
    code: 'internal',
    message: `Signalbox failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1_000),
    next: 'Try again; if it happens twice, report it with the command and this sentence.',
  };
}
