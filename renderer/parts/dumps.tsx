// The dumps on disk: when, how large, whether they were proven; each can be verified and deleted, and their folder opened.
import { useEffect, useState } from 'react';
import type { DumpFile } from '../../shared/lever.ts';
import type { Run } from '../../shared/run.ts';
import { ago, byteSize } from '../../shared/words.ts';
import { useMinute } from '../clock.ts';
import { useDeed } from '../deed.ts';
import { count } from '../figures.ts';
import { useAsk } from '../hooks.ts';
import { useKeptFocus } from '../kept-focus.ts';
import { FaultLine } from './fault.tsx';
import { LeverDeed } from './lever-offer.tsx';
import { Moment } from './time.tsx';

const shownAtFirst = 5;

type DumpsProps = { readonly runs: readonly Run[]; readonly ready: boolean };

export function Dumps({ runs, ready }: DumpsProps) {
  const [dumps, setDumps] = useState<readonly DumpFile[] | null>(null);
  const [all, setAll] = useState(false);
  const list = useAsk('dump.list');
  const reveal = useAsk('dump.reveal');
  const { ask } = list;
  const refresh = (): void => void ask({}).then((reply) => reply.ok && setDumps(reply.value));
  // Every dump and every verification that ends has changed the list.
  const ended = runs
    .filter(({ action, state }) => action === 'dump' && state !== 'running')
    .map(({ id, state }) => `${id} ${state}`);
  const key = ended.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is that signal
  useEffect(() => {
    if (ready) refresh();
  }, [ask, ready, key]);
  if (!ready && dumps === null) return null;
  const shown = all ? (dumps ?? []) : (dumps ?? []).slice(0, shownAtFirst);
  const busy = runs.some(({ action, state }) => action === 'dump' && state === 'running');
  return (
    <section className="dumps" aria-labelledby="dumps-title">
      <div className="section-head">
        <h2 id="dumps-title">Dumps</h2>
        <button type="button" className="quiet" disabled={reveal.pending} onClick={() => void reveal.ask({})}>
          Open folder
        </button>
      </div>
      {dumps !== null && dumps.length === 0 && <p className="none">None yet.</p>}
      <ul>
        {shown.map((dump) => (
          <DumpRow key={dump.name} dump={dump} runs={runs} busy={busy} onDeleted={refresh} />
        ))}
      </ul>
      {dumps !== null && shown.length < dumps.length && (
        <button type="button" className="quiet" onClick={() => setAll(true)}>
          Show all {dumps.length} dumps
        </button>
      )}
      <FaultLine fault={reveal.fault ?? list.fault} />
    </section>
  );
}

type DumpRowProps = {
  readonly dump: DumpFile;
  readonly runs: readonly Run[];
  /** A run of the lever is under way. */
  readonly busy: boolean;
  readonly onDeleted: () => void;
};

function DumpRow({ dump, runs, busy, onDeleted }: DumpRowProps) {
  const verify = useDeed(runs);
  const remove = useAsk('dump.delete');
  const [asking, setAsking] = useState(false);
  const [place, hooks] = useKeptFocus<HTMLLIElement>(`${asking} ${verify.deed.at}`);
  const now = useMinute();
  const deleteIt = async (): Promise<void> => {
    const reply = await remove.ask({ name: dump.name });
    if (reply.ok) onDeleted();
  };
  return (
    <li className="dump" ref={place} tabIndex={-1} {...hooks}>
      <bdi className="past-title">{dump.name}</bdi>
      <span className="past-when">
        <Moment at={dump.at} /> · {factsOf(dump).join(' · ')}
        {' · '}
        {dump.verifiedAt === null ? 'never verified' : `verified ${ago(Date.parse(dump.verifiedAt), now)}`}
      </span>
      {dump.problem !== null && (
        <p className="fault">
          <bdi>{dump.problem}</bdi>
        </p>
      )}
      {asking ? (
        <div className="lever-offer">
          <p>Delete this file? It cannot be brought back.</p>
          <div className="lever-actions">
            <button type="button" disabled={remove.pending} onClick={() => void deleteIt()}>
              Delete it
            </button>
            <button type="button" className="quiet" onClick={() => setAsking(false)}>
              Keep it
            </button>
          </div>
        </div>
      ) : verify.deed.at === 'rest' ? (
        <div className="dump-actions">
          <button
            type="button"
            className="quiet"
            disabled={busy}
            aria-label={`Verify ${dump.name}`}
            onClick={() => void verify.pull({ action: 'dump', task: 'verify', file: dump.name })}
          >
            Verify
          </button>
          <button type="button" className="quiet" aria-label={`Delete ${dump.name}`} onClick={() => setAsking(true)}>
            Delete
          </button>
        </div>
      ) : (
        <LeverDeed handle={verify} goOn="Verify" />
      )}
      <FaultLine fault={remove.fault} />
    </li>
  );
}

function factsOf(dump: DumpFile): string[] {
  const tables = dump.tables === null ? [] : [count(dump.tables, 'table')];
  return [byteSize(dump.bytes), ...tables, ...(dump.encrypted ? ['encrypted'] : [])];
}
