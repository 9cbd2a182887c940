// The head: the signal as a signal, its word, since when, and the one sentence that matters now.
import type { Colour, Snapshot } from '../../shared/snapshot.ts';
import { clockTime, lampWord, sentence } from '../../shared/words.ts';
import { useNow } from '../clock.ts';
import { go, settingsAddress } from '../route.ts';
import type { Connection } from '../store.ts';
import { Announcement } from './announcement.tsx';
import { LampShape } from './lamp.tsx';
import { Moment, Since } from './time.tsx';

type HeadProps = { readonly snapshot: Snapshot; readonly connection: Connection; readonly connectionSince: number };

export function Head({ snapshot, connection, connectionSince }: HeadProps) {
  const { colour, since } = snapshot.signal;
  const live = connection === 'live';
  return (
    <header className="head" data-colour={colour}>
      <SignalHead colour={colour} />
      <p className="app">
        <b>
          <bdi>{snapshot.app.name}</bdi>
        </b>{' '}
        <span className="environment">
          <bdi>{snapshot.app.environment}</bdi>
        </span>
        <span className="link" data-live={live}>
          {live ? 'Live' : connection === 'stopped' ? 'Stopped' : 'No contact'}
        </span>
        <button type="button" className="quiet to-settings" onClick={() => go(settingsAddress(''))}>
          Settings
        </button>
      </p>
      <div className="head-words">
        <p className="word">
          <b>{lampWord(colour)}</b>
          <span className="since">
            since <Moment at={live ? since : new Date(connectionSince).toISOString()} />
            <span className="since-long">
              {' · '}
              <Since at={live ? since : new Date(connectionSince).toISOString()} />
            </span>
          </span>
        </p>
        <Sentence snapshot={snapshot} connection={connection} connectionSince={connectionSince} />
      </div>
    </header>
  );
}

function Sentence({ snapshot, connection, connectionSince }: HeadProps) {
  const now = useNow();
  const text = connection === 'live' ? sentence(snapshot, now) : silence(connection, connectionSince);
  return (
    <>
      <h1 className="sentence">
        <bdi>{unbroken(text)}</bdi>
      </h1>
      <Announcement text={`${lampWord(snapshot.signal.colour)}. ${text.replace(/,? last check .* ago/, '')}`} />
    </>
  );
}

/** A number stays on one line with its unit. */
function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:ms|s|min|h|d)\b)/g, '$1\u00a0');
}

/** What to say when the engine says nothing. */
function silence(connection: Connection, since: number): string {
  const at = clockTime(since);
  return connection === 'stopped'
    ? `Signalbox was stopped at ${at}. Nothing is being watched; below is what was known then.`
    : `Signalbox is not answering since ${at}. Below is what was known then.`;
}

const lenses: readonly (readonly [Colour, number])[] = [
  ['green', -31],
  ['amber', 0],
  ['red', 31],
];

/** A three-aspect colour-light signal: green above, red nearest to the driver's eye. */
function SignalHead({ colour }: { readonly colour: Colour }) {
  return (
    <svg className="signal-head" viewBox="-24 -54 48 108" aria-hidden="true">
      <rect className="housing" x="-22" y="-52" width="44" height="104" rx="22" />
      {lenses.map(([aspect, y]) => (
        <g key={aspect} transform={`translate(0 ${y})`}>
          <circle className="lens" r="13" />
          {aspect === colour && <circle className={`glow glow-${aspect}`} r="19" />}
          {aspect === colour && (
            <g className="lit" transform="scale(1.5)">
              <LampShape colour={aspect} />
            </g>
          )}
          <path className="hood" d="M-13.5-3.2A13.9 13.9 0 0 1 13.5-3.2" />
        </g>
      ))}
    </svg>
  );
}
