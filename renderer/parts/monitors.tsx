// All monitors, one row each, in the order of the settings file. With many of them: a filter.
import { useMemo, useState } from 'react';
import type { MonitorView } from '../../shared/snapshot.ts';
import { count } from '../figures.ts';
import { MonitorRow } from './monitor-row.tsx';

/** Up to this many fit on a screen and need no filter. */
const fewEnough = 12;

export function Monitors({ monitors }: { readonly monitors: readonly MonitorView[] }) {
  const [text, setText] = useState('');
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const many = monitors.length > fewEnough;
  const troubled = monitors.filter(isTroubled).length;
  const shown = useMemo(
    () => (many ? monitors.filter((monitor) => matches(monitor, text) && (!onlyTrouble || isTroubled(monitor))) : monitors),
    [monitors, many, text, onlyTrouble],
  );
  return (
    <section className="monitors" aria-labelledby="monitors-title">
      <div className="section-head">
        <h2 id="monitors-title">Monitors</h2>
        {many && (
          <div className="filter">
            <input
              type="search"
              value={text}
              onChange={(event) => setText(event.target.value)}
              placeholder={`Find among ${monitors.length}`}
              aria-label="Find a monitor"
            />
            <button type="button" className="quiet" aria-pressed={onlyTrouble} onClick={() => setOnlyTrouble(!onlyTrouble)}>
              Not up ({troubled})
            </button>
          </div>
        )}
      </div>
      <div className="columns" aria-hidden="true">
        <span />
        <span>Last checks</span>
        <span>Latency</span>
        <span>24 h</span>
        <span>7 d</span>
        <span>90 d</span>
      </div>
      <ul className="rows">
        {shown.map((monitor) => (
          <MonitorRow key={monitor.id} monitor={monitor} />
        ))}
      </ul>
      {many && (
        <p className="none" role="status">
          {shown.length === 0
            ? 'No monitor matches.'
            : shown.length < monitors.length && `${count(shown.length, 'monitor')} shown.`}
        </p>
      )}
    </section>
  );
}

function isTroubled(monitor: MonitorView): boolean {
  return monitor.status !== 'up';
}

function matches(monitor: MonitorView, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || `${monitor.name}\n${monitor.id}\n${monitor.target}`.toLowerCase().includes(wanted);
}
