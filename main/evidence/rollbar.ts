// The product's own errors, as Rollbar counts them.
import type { Settings } from '../../shared/settings.ts';
import { makeRollbarItems } from '../providers/rollbar-items.ts';
import { type Asking, accountOf, nowOf, type Source } from './ports.ts';

/** Null without a token that may read. */
export function rollbarSource({ alerts: { rollbar }, app }: Settings, asking: Asking): Source | null {
  if (rollbar?.readToken === undefined) return null;
  const name = 'Rollbar’s active items';
  const account = accountOf(rollbar.readToken, asking);
  const items = makeRollbarItems({ apiUrl: rollbar.apiUrl, environment: app.environment, ...account });
  return {
    name,
    async look(_, tell, signal) {
      const errors = [...(await items(signal))];
      tell([{ kind: 'errors', source: name, at: nowOf(asking), provider: 'rollbar', errors }]);
    },
  };
}
