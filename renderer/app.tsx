// The window: what it shows when, from top to bottom (WINDOW.md).
import { useEffect } from 'react';
import type { Colour, Snapshot } from '../shared/snapshot.ts';
import { lampWord } from '../shared/words.ts';
import { useView } from './hooks.ts';
import amber from './icons/amber.svg';
import green from './icons/green.svg';
import grey from './icons/grey.svg';
import red from './icons/red.svg';
import type { LeverName } from './lever-model.ts';
import { Head } from './parts/head.tsx';
import { History } from './parts/history.tsx';
import { IncidentCard } from './parts/incident-card.tsx';
import { FirstRunLater, SettingsLater } from './parts/later.tsx';
import { Levers } from './parts/levers.tsx';
import { Line } from './parts/line.tsx';
import { Monitors } from './parts/monitors.tsx';
import { Notices } from './parts/notices.tsx';
import { NoKey, Waiting } from './parts/pages.tsx';
import { Tip } from './parts/tip.tsx';
import { useRoute } from './route.ts';

export function App() {
  const { connection, connectionSince, snapshot, fault } = useView((view) => view);
  const section = useRoute();
  if (connection === 'refused') return <NoKey />;
  if (snapshot === null) return <Waiting fault={fault} />;
  const live = connection === 'live';
  if (section !== null) {
    return (
      <>
        <TabSignal colour={snapshot.signal.colour} app={snapshot.app.name} />
        <SettingsLater section={section} colour={snapshot.signal.colour} live={live} />
      </>
    );
  }
  return (
    <>
      <TabSignal colour={snapshot.signal.colour} app={snapshot.app.name} />
      <div className="window" data-live={live}>
        <Head snapshot={snapshot} connection={connection} connectionSince={connectionSince} />
        <main>
          <Notices snapshot={snapshot} />
          <Line snapshot={snapshot} />
          {(snapshot.monitors.length > 0 || anyReady(snapshot)) && (
            <Levers
              levers={snapshot.levers}
              traffic={snapshot.traffic}
              banner={snapshot.banner}
              runs={snapshot.runs}
              helping={helpingLever(snapshot)}
              live={live}
            />
          )}
          {snapshot.incidents.length > 0 && <Incidents snapshot={snapshot} />}
          {snapshot.monitors.length === 0 ? (
            <FirstRunLater live={live} />
          ) : (
            <div className="lists">
              <Monitors monitors={snapshot.monitors} />
              <History />
            </div>
          )}
        </main>
        <Foot snapshot={snapshot} />
      </div>
      <Tip />
    </>
  );
}

/** Before anything is watched or set up, the page is about the first address and nothing else. */
function anyReady({ levers }: Snapshot): boolean {
  return levers.banner.ready || levers.traffic.ready || levers.dump.ready;
}

/** The lever that the diagnosis of a live incident names. */
function helpingLever({ incidents }: Snapshot): LeverName | null {
  return incidents.find(({ state, diagnosis }) => state !== 'resolved' && diagnosis?.lever)?.diagnosis?.lever ?? null;
}

function Incidents({ snapshot }: { readonly snapshot: Snapshot }) {
  return (
    <section className="incidents" aria-label="Incidents">
      {snapshot.incidents.map((incident) => (
        <IncidentCard key={incident.id} incident={incident} monitors={snapshot.monitors} />
      ))}
    </section>
  );
}

const faces = { tray: 'tray app', headless: 'headless', command: 'command line' } as const;

function Foot({ snapshot }: { readonly snapshot: Snapshot }) {
  const { version, face, settingsFile } = snapshot.engine;
  return (
    <footer className="foot">
      <span>
        Signalbox {version}, {faces[face]}
      </span>
      <code>{settingsFile}</code>
    </footer>
  );
}

const icons = { green, amber, red, grey };

/** The signal in the browser's tab: shape as icon, word in the title. */
function TabSignal({ colour, app }: { readonly colour: Colour; readonly app: string }) {
  useEffect(() => {
    document.title = `${lampWord(colour)} · ${app} · Signalbox`;
    document.querySelector('#icon')?.setAttribute('href', icons[colour]);
  }, [colour, app]);
  return null;
}
