// A Vercel stand-in with a fake clock and a build that only says what it was given.
import type { Contract } from '../../simulator/contract.ts';
import { startVercel, type VercelOptions, type VercelStandIn } from '../../simulator/vercel.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type Ask, asker, contractOr } from './ask.ts';

export type VercelScene = {
  readonly vercel: VercelStandIn;
  readonly clock: FakeClock;
  readonly contract: Contract | null;
  readonly ask: Ask;
  /** Answers that the document does not allow. */
  readonly faults: readonly string[];
  /** The environment of every build, in order. */
  readonly builds: readonly Readonly<Record<string, string>>[];
  /** Makes the next builds fail with this message. */
  breakBuilds(message: string | null): void;
  /** Long enough for a deployment to go from QUEUED to live. */
  live(): Promise<void>;
};

const primary = 'https://api.example.com';

export async function vercelScene(options: Partial<VercelOptions> = {}): Promise<VercelScene> {
  const clock = new FakeClock();
  const contract = contractOr('vercel');
  const builds: Readonly<Record<string, string>>[] = [];
  let broken: string | null = null;
  const vercel = await startVercel({
    token: 'token-1',
    projectName: 'web',
    clock,
    contract,
    timing: { queuedMs: 100, initializingMs: 100, aliasMs: 500, promotionMs: 200, propagationMs: 2_000 },
    async build(env) {
      if (broken !== null) throw new Error(broken);
      builds.push(env);
      return { directory: `/built/${builds.length}` };
    },
    ...options,
  });
  await vercel.seed({
    env: { VITE_SERVER_ROOT: primary },
    commit: 'a'.repeat(40),
    twin: { VITE_SERVER_ROOT: 'https://standby.example.com' },
  });
  const { ask, faults } = asker(vercel.url, 'Bearer token-1', contract);
  return {
    ...{ vercel, clock, contract, ask, faults, builds },
    breakBuilds(message) {
      broken = message;
    },
    live: () => clock.pass(1_000),
  };
}

/** The body of `vercel redeploy` (README section 1.1). */
export function redeployBody(deploymentId: string): object {
  return { deploymentId, name: 'web', target: 'production', meta: { action: 'redeploy' } };
}
