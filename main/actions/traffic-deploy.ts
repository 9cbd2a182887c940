// The slow way that needs nothing beforehand: a new production deployment, built with the variable as it is now. The procedure
// is redeploy.ts; here is only what makes it right.
import type { StepContext } from './action.ts';
import { redeploy } from './redeploy.ts';
import { awaitOutside, type Leg } from './traffic-leg.ts';
import type { Notebook } from './traffic-notes.ts';
import type { Attempt } from './traffic-way.ts';

export async function deployAgain(leg: Leg, context: StepContext, book: Notebook): Promise<Attempt> {
  const { settings, clock } = leg.deps;
  if (settings.variable === undefined) return { gaveUp: '`traffic.variable` is not set' };
  const { deploymentId, via } = await redeploy({
    vercel: leg.vercel,
    context,
    key: `${leg.key}Deployment`,
    meta: { signalboxTo: leg.to },
    goLive: true,
    isRight: async (signal) => (await awaitOutside(leg, leg.to, leg.times.see, signal)).serves === leg.to,
    clock,
  });
  book.write({ ours: [...new Set([...book.notes.ours, deploymentId])] });
  return {
    done: `${deploymentId} was built ${via === 'git' ? 'from the live commit' : 'out of the live deployment'} and is live`,
  };
}
