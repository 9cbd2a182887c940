// Where the time of the last check went: one bar, one number per phase.
import type { Phases as PhaseTimes } from '../../shared/observation.ts';
import { latency } from '../../shared/words.ts';

const names: readonly (readonly [keyof PhaseTimes, string])[] = [
  ['dnsMs', 'DNS'],
  ['tcpMs', 'TCP'],
  ['tlsMs', 'TLS'],
  ['firstByteMs', 'First byte'],
  ['loginMs', 'Log in'],
  ['queryMs', 'Query'],
];

export function Phases({ phases, total }: { readonly phases: PhaseTimes; readonly total: number | null }) {
  const parts = names.flatMap(([key, name]) => {
    const ms = phases[key];
    return ms === undefined ? [] : [{ key, name, ms }];
  });
  if (parts.length === 0) return null;
  return (
    <div className="phases">
      <h3>Last check{total !== null && `, ${latency(total)}`}</h3>
      <div className="phases-bar" aria-hidden="true">
        {parts.map(({ key, ms }) => (
          <span key={key} className={`phase phase-${key}`} style={{ flexGrow: Math.max(ms, 0.001) }} />
        ))}
      </div>
      <dl>
        {parts.map(({ key, name, ms }) => (
          <div key={key}>
            <dt>
              <i className={`phase-${key}`} />
              {name}
            </dt>
            <dd>{latency(ms)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
