// Decides which row of a Vercel project's environment variables the next production build reads. A key may have several rows:
// one for each target, branch or custom environment (providers/README section 1.1, env traps).
import type { Fault } from '../../shared/ipc.ts';
import { plainText, safeText } from '../../shared/redact.ts';
import type { VercelEnvRow } from '../providers/vercel-model.ts';
import { isSameAddress } from './outside-words.ts';

export type PickedRow = {
  /** Null when production has none yet, and with a refusal. */
  readonly row: VercelEnvRow | null;
  /** What else gets the same value, because it shares the row: `preview`, `development`, `custom environments`. */
  readonly sharedWith: readonly string[];
  /** Why the row must not be edited. */
  readonly refusal: Fault | null;
};

/** Whether builds get this address from the row, slashes at its end aside. */
export function holds(row: VercelEnvRow | null, address: string): boolean {
  return row?.value != null && isSameAddress(row.value, address);
}

/** The row's value for people. */
export function shown(row: VercelEnvRow): string {
  return row.value === null ? 'a value that cannot be read' : safeText(row.value, 300) || 'nothing';
}

/** The row of `key` that a build for production reads: its target includes production and it belongs to no branch. */
export function pickRow(rows: readonly VercelEnvRow[], key: string): PickedRow {
  const candidates = rows.filter((row) => row.key === key && row.target.includes('production') && row.gitBranch === null);
  const row = candidates.find((one) => one.customEnvironmentIds.length === 0) ?? candidates[0] ?? null;
  if (row === null) return { row, sharedWith: [], refusal: null };
  if (row.type === 'sensitive') return { row: null, sharedWith: [], refusal: sensitive(key) };
  const custom = row.customEnvironmentIds.length > 0 ? ['custom environments'] : [];
  return { row, sharedWith: [...row.target.filter((target) => target !== 'production'), ...custom], refusal: null };
}

function sensitive(key: string): Fault {
  const name = plainText(key, 256);
  return {
    code: 'variable-is-secret',
    message: `${name} is a secret at Vercel ("sensitive"): its value can be written but never read, so it could not be put back.`,
    next: `Delete ${name} at Vercel and add it again as an ordinary variable; what ends up in the bundle is no secret.`,
  };
}
