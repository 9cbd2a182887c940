// The last seven days in a few lines, as the weekly digest tells them.
import { useEffect, useState } from 'react';
import type { Digest } from '../../shared/digest.ts';
import { useAsk } from '../hooks.ts';
import { FaultLine } from './fault.tsx';

/** `asOf` changes whenever the week may read differently: an incident or a run came to its end. */
export function Week({ asOf }: { readonly asOf: string }) {
  const { ask, fault } = useAsk('digest.get');
  const [digest, setDigest] = useState<Digest | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asOf` is the signal to ask again
  useEffect(() => {
    void ask({}).then((reply) => reply.ok && setDigest(reply.value));
  }, [ask, asOf]);
  if (digest === null) return <FaultLine fault={fault} />;
  return (
    <section className="week" aria-labelledby="week-title">
      <h2 id="week-title">The last seven days</h2>
      <ul>
        {digest.lines.map((line) => (
          <li key={line}>
            <bdi>{line}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
