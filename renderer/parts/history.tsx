// What was: past incidents, newest first and paged, then the dumps on disk, the drills and the runs once there are any.
import { useEffect, useId, useState } from 'react';
import type { Incident } from '../../shared/incident.ts';
import { duration } from '../../shared/words.ts';
import { useAsk, useView } from '../hooks.ts';
import { Drills } from './drills.tsx';
import { Dumps } from './dumps.tsx';
import { ExportPostmortem } from './export-postmortem.tsx';
import { FaultLine } from './fault.tsx';
import { Runs, useRuns } from './runs.tsx';
import { Moment } from './time.tsx';
import { Timeline } from './timeline.tsx';
import { Week } from './week.tsx';

const page = 10;

export function History() {
  const present = useView((view) => view.snapshot?.incidents ?? none);
  const [past, setPast] = useState<readonly Incident[] | null>(null);
  const [more, setMore] = useState(false);
  const { ask, pending, fault } = useAsk('history.incidents');
  // Whenever an incident comes, ends or leaves the snapshot, the newest page has changed.
  const key = present.map((incident) => `${incident.id} ${incident.state}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is that signal
  useEffect(() => {
    void ask({ before: null, limit: page }).then((reply) => {
      if (!reply.ok) return;
      setPast((known) => merged(reply.value, known ?? []));
      setMore((known) => known || reply.value.length === page);
    });
  }, [ask, key]);
  const showMore = async (): Promise<void> => {
    const before = past?.at(-1)?.openedAt ?? null;
    const reply = await ask({ before, limit: page });
    if (!reply.ok) return;
    setPast((known) => merged(known ?? [], reply.value));
    setMore(reply.value.length === page);
  };
  const above = new Set(present.map((incident) => incident.id));
  const shown = past?.filter((incident) => !above.has(incident.id)) ?? [];
  return (
    <section className="history" aria-labelledby="history-title">
      <h2 id="history-title">Past incidents</h2>
      {past !== null && shown.length === 0 && <p className="none">None so far.</p>}
      <ul>
        {shown.map((incident) => (
          <PastIncident key={incident.id} incident={incident} />
        ))}
      </ul>
      {more && (
        <button type="button" className="quiet" disabled={pending} onClick={() => void showMore()}>
          Show earlier
        </button>
      )}
      <FaultLine fault={fault} />
      <Levered />
      <Week asOf={key} />
    </section>
  );
}

const none: readonly Incident[] = [];

/** What the levers left behind. */
function Levered() {
  const runs = useRuns();
  const ready = useView((view) => view.snapshot?.levers.dump.ready ?? false);
  return (
    <>
      <Dumps runs={runs} ready={ready} />
      <Drills runs={runs} />
      <Runs runs={runs} />
    </>
  );
}

/** Each incident once, as told by `newer` where both know it. */
function merged(newer: readonly Incident[], older: readonly Incident[]): Incident[] {
  const ids = new Set(newer.map((incident) => incident.id));
  const all = [...newer, ...older.filter((incident) => !ids.has(incident.id))];
  return all.sort((a, b) => b.openedAt.localeCompare(a.openedAt));
}

function PastIncident({ incident }: { readonly incident: Incident }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className="past">
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <bdi className="past-title">{incident.title}</bdi>
        <span className="past-when">
          <Moment at={incident.openedAt} />
        </span>
        <span className="past-length">{incident.state === 'resolved' ? duration(incident.durationMs) : incident.state}</span>
      </button>
      <div id={id}>
        {open && (
          <>
            <Timeline entries={incident.timeline} newestFirst={false} />
            <ExportPostmortem id={incident.id} />
          </>
        )}
      </div>
    </li>
  );
}
