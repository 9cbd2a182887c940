// The dump lever: a copy of the production database onto this machine, now.
import { useId, useState } from 'react';
import type { LeversView } from '../../shared/lever.ts';
import { dumpPosition, stanceOf } from '../lever-model.ts';
import { LeverCard } from './lever-card.tsx';
import type { SharedProps } from './levers.tsx';

export function DumpLever({ lever, ...shared }: SharedProps & { readonly lever: LeversView['dump'] }) {
  const [full, setFull] = useState(false);
  const [folder, setFolder] = useState('');
  const id = useId();
  const { handle, run } = shared;
  const directory = folder.trim() === '' ? null : folder.trim();
  return (
    <LeverCard
      {...shared}
      name="dump"
      title="Dump"
      stance={stanceOf(lever.ready, false, run)}
      position={(now) => dumpPosition(lever, now)}
      goOn={
        handle.deed.at === 'asking' && 'task' in handle.deed.wish && handle.deed.wish.task === 'verify' ? 'Verify' : 'Dump now'
      }
      pull={
        <div className="lever-actions">
          <button
            type="button"
            className="pull"
            onClick={() => void handle.pull({ action: 'dump', task: 'create', full, directory })}
          >
            Dump now
          </button>
        </div>
      }
    >
      <div className="field">
        <label htmlFor={`${id}folder`}>Into the folder</label>
        <input
          id={`${id}folder`}
          value={folder}
          maxLength={1_000}
          placeholder={lever.directory ?? 'as the settings say'}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setFolder(event.target.value)}
        />
      </div>
      <div className="lever-choices">
        <fieldset className="segments">
          <legend className="unseen">What is dumped</legend>
          <label>
            <input type="radio" name={`${id}full`} checked={!full} onChange={() => setFull(false)} />
            <span>As in the settings</span>
          </label>
          <label>
            <input type="radio" name={`${id}full`} checked={full} onChange={() => setFull(true)} />
            <span>Schema and data</span>
          </label>
        </fieldset>
      </div>
    </LeverCard>
  );
}
