// One monitor in the list: lamp, name, last checks, latency, uptime; opens to its details. Renders only when it changed.
import { memo, useId, useState } from 'react';
import type { Status } from '../../shared/monitor.ts';
import type { MonitorView, UptimeFigures } from '../../shared/snapshot.ts';
import { latency, providerWords, statusColour, statusWord } from '../../shared/words.ts';
import { percent, uptimeWords } from '../figures.ts';
import { StatusLamp } from './lamp.tsx';
import { MonitorDetails } from './monitor-details.tsx';
import { StripView } from './strip.tsx';
import { Moment } from './time.tsx';

export const MonitorRow = memo(function MonitorRow({ monitor }: { readonly monitor: MonitorView }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { status, latencyMs } = monitor;
  return (
    <li className="monitor" data-colour={statusColour(status)} data-open={open}>
      <div className="row">
        <button type="button" className="row-open" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          <StatusLamp status={status} size={16} />
          <span className="row-words">
            <bdi className="row-name">{monitor.name}</bdi>
            <Note monitor={monitor} />
          </span>
        </button>
        <StripView id={monitor.id} name={monitor.name} />
        <span className="row-latency">{answering(status) && latencyMs !== null ? latency(latencyMs) : '–'}</span>
        <dl className="row-uptime">
          {periods.map(([key, words]) => (
            <div key={key} title={`Uptime ${words}: ${uptimeWords(monitor.uptime[key], monitor.coverage[key])}`}>
              <dt>{words}</dt>
              <dd data-partly={(monitor.coverage[key] ?? 0) < 90}>{percent(monitor.uptime[key])}</dd>
            </div>
          ))}
        </dl>
        <svg className="chevron" width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true">
          <path d="M-4-2 0 2 4-2" />
        </svg>
      </div>
      <div id={id} className="row-details">
        {open && <MonitorDetails monitor={monitor} />}
      </div>
    </li>
  );
});

const periods: readonly (readonly [keyof UptimeFigures, string])[] = [
  ['h24', '24 h'],
  ['d7', '7 d'],
  ['d90', '90 d'],
];

/** Whether the last latency says something about now. */
function answering(status: Status): boolean {
  return status === 'up' || status === 'degraded' || status === 'verifying';
}

/** The status as a word, and what belongs to it. */
function Note({ monitor }: { readonly monitor: MonitorView }) {
  const { status, since, target } = monitor;
  return (
    <span className="row-note">
      <b>{statusWord(status)}</b>
      {status === 'down' && since !== null && (
        <>
          {' '}
          since <Moment at={since} />
        </>
      )}
      {status === 'unknown' && monitor.known !== null && `, last known ${statusWord(monitor.known).toLowerCase()}`}
      {monitor.inMaintenance && ', in maintenance'}
      {' · '}
      <bdi>{trouble(monitor) ?? target}</bdi>
      {monitor.notices.length > 0 && <span className="row-notice"> · {monitor.notices[0]}</span>}
    </span>
  );
}

/** What is wrong, in words: the last error, or what the provider's page reports. */
function trouble({ status, last }: MonitorView): string | null {
  if (status === 'up' || !last) return null;
  if (last.error) return last.error.message;
  return last.provider && last.provider.severity !== 'none' ? providerWords(last.provider).replace(/^a /, '') : null;
}
