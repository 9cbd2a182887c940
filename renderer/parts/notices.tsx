// What is wrong with Signalbox itself, at the top: refused settings, alert channels that do not get through, a pause.
import type { Snapshot } from '../../shared/snapshot.ts';
import { channelWord, pausedWords } from '../../shared/words.ts';
import { useMinute } from '../clock.ts';
import { useAsk } from '../hooks.ts';
import { FaultLine } from './fault.tsx';
import { Lamp } from './lamp.tsx';

export function Notices({ snapshot }: { readonly snapshot: Snapshot }) {
  const { engine, channels } = snapshot;
  const failing = channels.filter((channel) => channel.state === 'failing');
  if (engine.settingsProblem === null && engine.pausedUntil === null && failing.length === 0) return null;
  return (
    <section className="notices" aria-label="Notices">
      {engine.pausedUntil !== null && <PauseNotice until={engine.pausedUntil} />}
      {engine.settingsProblem !== null && (
        <Notice title="The settings file was refused">
          <bdi>{engine.settingsProblem}</bdi> The settings from before are running; correct <code>{engine.settingsFile}</code> and
          save it.
        </Notice>
      )}
      {failing.map(({ channel, problem }) => (
        <Notice key={channel} title={`Alerts by ${channelWord(channel)} are not getting through`}>
          <bdi>{problem ?? 'The last message was not taken.'}</bdi> Signalbox keeps trying; try{' '}
          <code>signalbox alerts test {channel}</code>.
        </Notice>
      ))}
    </section>
  );
}

function Notice({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div className="notice">
      <Lamp colour="amber" size={16} />
      <p>
        <b>{title}.</b> {children}
      </p>
    </div>
  );
}

function PauseNotice({ until }: { readonly until: string }) {
  const { ask, pending, fault } = useAsk('engine.pause');
  const now = useMinute();
  return (
    <div className="notice">
      <Lamp colour="grey" size={16} />
      <p>
        <b>{pausedWords(until, now)}.</b> No checks run and no alerts leave.
      </p>
      <button type="button" disabled={pending} onClick={() => void ask({ forMs: null })}>
        Resume now
      </button>
      <FaultLine fault={fault} />
    </div>
  );
}
