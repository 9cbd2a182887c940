// The story of an incident, entry by entry. Long ones show their ends first: the newest for a live incident, or the start of
// an old one, and the rest on demand.
import { useState } from 'react';
import type { TimelineEntry } from '../../shared/incident.ts';
import { Moment } from './time.tsx';

const shownAtFirst = 8;

const kinds: Readonly<Record<TimelineEntry['kind'], string>> = {
  check: 'Check',
  incident: 'Incident',
  alert: 'Alert',
  action: 'Action',
  note: 'Note',
  provider: 'Provider',
  diagnosis: 'Diagnosis',
  engine: 'Signalbox',
};

type TimelineProps = { readonly entries: readonly TimelineEntry[]; readonly newestFirst: boolean };

export function Timeline({ entries, newestFirst }: TimelineProps) {
  const [all, setAll] = useState(false);
  // An entry has no id of its own; entries are only ever added, so its place in the story is one.
  const numbered = entries.map((entry, number) => ({ entry, number }));
  const ordered = newestFirst ? numbered.reverse() : numbered;
  const shown = all ? ordered : ordered.slice(0, shownAtFirst);
  return (
    <div className="timeline">
      <ol reversed={newestFirst}>
        {shown.map(({ entry, number }) => (
          <li key={number} data-kind={entry.kind}>
            <Moment at={entry.at} />
            <span className="kind">{kinds[entry.kind]}</span>
            <p>
              <bdi>{entry.text}</bdi>
            </p>
          </li>
        ))}
      </ol>
      {shown.length < ordered.length && (
        <button type="button" className="quiet" onClick={() => setAll(true)}>
          Show all {ordered.length} entries
        </button>
      )}
    </div>
  );
}
