// A live incident: what it is, for how long, what is known, what was done; a note and an acknowledgement at hand.
import { useId, useRef, useState } from 'react';
import type { Incident } from '../../shared/incident.ts';
import type { MonitorView } from '../../shared/snapshot.ts';
import { duration } from '../../shared/words.ts';
import { useArrival, useAsk } from '../hooks.ts';
import { DiagnosisBlock } from './diagnosis.tsx';
import { ExportPostmortem } from './export-postmortem.tsx';
import { FaultLine } from './fault.tsx';
import { Lamp, StatusLamp } from './lamp.tsx';
import { Clock, Moment, Since } from './time.tsx';
import { Timeline } from './timeline.tsx';

type IncidentCardProps = { readonly incident: Incident; readonly monitors: readonly MonitorView[] };

const stateWords = { open: 'Open', recovering: 'Recovering', resolved: 'Resolved' } as const;
const stateColours = { open: 'red', recovering: 'amber', resolved: 'green' } as const;

export function IncidentCard({ incident, monitors }: IncidentCardProps) {
  const title = useId();
  const place = useRef<HTMLElement>(null);
  useArrival(place, 'incident', incident.id);
  const { state } = incident;
  return (
    <article className="incident" id={incident.id} data-state={state} aria-labelledby={title} ref={place} tabIndex={-1}>
      <div className="incident-facts">
        <p className="incident-state">
          <Lamp colour={stateColours[state]} size={15} />
          <b>{stateWords[state]}</b>
          {incident.flapping && <span className="tag">flapping</span>}
          {incident.acknowledgedAt !== null && <span className="tag">acknowledged</span>}
        </p>
        <h2 id={title}>
          <bdi>{incident.title}</bdi>
        </h2>
        <p className="incident-time">
          <b className="clock">{state === 'resolved' ? duration(incident.durationMs) : <Since at={incident.openedAt} />}</b>
          <span>
            since <Moment at={incident.openedAt} />, noticed <Clock at={incident.detectedAt} />
            {incident.resolvedAt !== null && (
              <>
                , over <Clock at={incident.resolvedAt} />
              </>
            )}
          </span>
        </p>
        <Affected ids={incident.monitors} monitors={monitors} />
        <DiagnosisBlock incident={incident} />
        <Acknowledge incident={incident} />
        <NoteField id={incident.id} />
        <ExportPostmortem id={incident.id} />
      </div>
      <section className="incident-story" aria-label="Timeline, newest first">
        <h3>Timeline</h3>
        <Timeline entries={incident.timeline} newestFirst />
      </section>
    </article>
  );
}

function Affected({ ids, monitors }: { readonly ids: readonly string[]; readonly monitors: readonly MonitorView[] }) {
  return (
    <ul className="affected" aria-label="Affected monitors">
      {ids.map((id) => {
        const monitor = monitors.find((candidate) => candidate.id === id);
        return (
          <li key={id}>
            <StatusLamp status={monitor?.status ?? 'unknown'} size={12} />
            <bdi>{monitor?.name ?? id}</bdi>
          </li>
        );
      })}
    </ul>
  );
}

function Acknowledge({ incident }: { readonly incident: Incident }) {
  const { ask, pending, fault } = useAsk('incident.acknowledge');
  if (incident.state === 'resolved') return null;
  if (incident.acknowledgedAt !== null) {
    return (
      <p className="acknowledged">
        Acknowledged <Moment at={incident.acknowledgedAt} />: no more reminders.
      </p>
    );
  }
  return (
    <div>
      <button type="button" className="primary" disabled={pending} onClick={() => void ask({ id: incident.id })}>
        Acknowledge
      </button>
      <FaultLine fault={fault} />
    </div>
  );
}

/** Enter adds the note. The text stays until the engine has it. */
function NoteField({ id }: { readonly id: string }) {
  const [text, setText] = useState('');
  const { ask, pending, fault } = useAsk('incident.note');
  const field = useId();
  const add = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === '' || pending) return;
    const reply = await ask({ id, text });
    if (reply.ok) setText('');
  };
  return (
    <form className="note" onSubmit={(event) => void add(event)}>
      <label htmlFor={field}>Note for the timeline</label>
      <div className="note-line">
        <input
          id={field}
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={2_000}
          readOnly={pending}
          placeholder="What you see, what you do"
          autoComplete="off"
        />
        <button type="submit" disabled={pending}>
          Add
        </button>
      </div>
      <FaultLine fault={fault} />
    </form>
  );
}
