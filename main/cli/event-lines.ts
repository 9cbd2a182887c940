// What `watch` prints of an event: the contract's line for programs (DESIGN section 9), and for people only what is worth
// a line. The parts of a snapshot that events carry for the window are left out.
import type { EngineEvent } from '../../shared/events.ts';
import { channelWord, clockTime, duration, lampWord } from '../../shared/words.ts';
import { lamps, type Out, told } from './output.ts';

/** The event as `watch --json` prints it; null for those that only windows need. */
export function publicEvent(full: EngineEvent): Readonly<Record<string, unknown>> | null {
  const { event, at, revision } = full;
  const base = { event, at, revision };
  switch (full.event) {
    case 'view.changed':
      return null;
    case 'engine.started':
      return { ...base, url: full.url };
    case 'observation.recorded':
      return { ...base, observation: full.observation };
    case 'monitor.changed':
      return { ...base, monitorId: full.monitorId, from: full.from, to: full.to };
    case 'signal.changed':
      return { ...base, from: full.from, to: full.to, reasons: full.signal.reasons };
    case 'incident.opened':
    case 'incident.updated':
    case 'incident.resolved':
      return { ...base, incident: full.incident };
    case 'alert.sent':
      return { ...base, channel: full.channel, incidentId: full.incidentId, alert: full.alert };
    case 'alert.failed':
      return { ...base, channel: full.channel, incidentId: full.incidentId, alert: full.alert, problem: full.problem };
    case 'run.started':
    case 'run.step':
    case 'run.finished':
      return { ...base, run: full.run };
    case 'connectivity.changed':
      return { ...base, from: full.from, to: full.to };
    case 'engine.stopped':
      return base;
  }
}

/** The event for people; none when it is not worth a line. The window's address comes first of all. */
export function eventLines(event: EngineEvent, out: Out): readonly string[] {
  const line = (text: string): string[] => [`${out.faint(clockTime(Date.parse(event.at)))}  ${told(text)}`];
  const lit = (colour: keyof typeof lamps, text: string): string[] => [
    `${out.faint(clockTime(Date.parse(event.at)))}  ${out.paint(colour, lamps[colour])} ${told(text)}`,
  ];
  switch (event.event) {
    case 'engine.started': {
      const { app, monitors } = event.snapshot;
      const count = monitors.length === 1 ? '1 monitor' : `${monitors.length} monitors`;
      return [
        ...(event.url === null ? [] : [`Window: ${event.url}`]),
        ...line(`Watching ${count} of ${app.name} (${app.environment}). Ctrl-C stops.`),
      ];
    }
    case 'signal.changed':
      return lit(event.to, [`Signal ${lampWord(event.to).toLowerCase()}`, ...event.signal.reasons.slice(0, 3)].join(' - '));
    case 'incident.opened':
      return lit('red', `Incident ${event.incident.id}: ${event.incident.title}`);
    case 'incident.resolved':
      return lit('green', `Over after ${duration(event.incident.durationMs)}: ${event.incident.title}`);
    case 'alert.failed':
      return lit('amber', `The alert by ${channelWord(event.channel)} failed: ${event.problem}`);
    case 'run.finished':
      return line(`${event.run.action} ${event.run.state}${event.run.error ? `: ${event.run.error.message}` : ''}`);
    case 'connectivity.changed':
      return line(connectivityWords[event.to]);
    case 'engine.stopped':
      return line('Stopped.');
    case 'observation.recorded':
    case 'monitor.changed':
    case 'incident.updated':
    case 'alert.sent':
    case 'run.started':
    case 'run.step':
    case 'view.changed':
      return [];
  }
}

const connectivityWords = {
  online: 'This machine is online.',
  offline: 'This machine has no internet; nothing is judged until it is back.',
  captive: 'This network wants a log-in first; nothing is judged until then.',
  unguarded: 'No witnesses are configured; every failure is taken at its word.',
} as const;
