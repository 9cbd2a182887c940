// The monitors as a list: one opens at a time, with its form and what can be done to it as a whole.
import { useEffect, useRef, useState } from 'react';
import { count } from '../figures.ts';
import { focusPlace } from './focus-place.ts';
import { Problems, useForm, useProblemPlaces, useProblems } from './form.tsx';
import { Chevron } from './group-fields.tsx';
import { MonitorForm } from './monitor-form.tsx';
import { copyOf, monitorsOf, monitorTarget, monitorTitle, newMonitor } from './monitors-model.ts';
import { kindWords } from './names.ts';
import { type Kind, kindsOf } from './schema.ts';
import { isRecord, moved, places, type Raw, withKey } from './values.ts';

type Removed = { readonly index: number; readonly monitor: unknown };

export function MonitorsSection() {
  const { view, document, edit } = useForm();
  const monitors = monitorsOf(document);
  const [open, setOpen] = useState<number | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current !== null && focusPlace(wanted.current)) wanted.current = null;
  });
  const problems = useProblems(['monitors']);
  // What moves takes its problems' places with it, so they are told anew by the next save.
  const change = (next: readonly unknown[], place = 'monitors'): void => edit(withKey(document, 'monitors', next), place);
  const add = (kind: string): void => {
    change([...monitors, newMonitor(kind, monitors)]);
    setOpen(monitors.length);
    wanted.current = `monitors[${monitors.length}].name`;
  };
  const remove = (index: number): void => {
    setRemoved({ index, monitor: monitors[index] });
    setOpen(null);
    change(monitors.filter((_, at) => at !== index));
    wanted.current = 'removed';
  };
  const putBack = (): void => {
    if (removed === null) return;
    change([...monitors.slice(0, removed.index), removed.monitor, ...monitors.slice(removed.index)]);
    setRemoved(null);
    wanted.current = `row ${removed.index}`;
  };
  const kinds = kindsOf(view.schema);
  return (
    <>
      <Problems problems={problems} />
      {monitors.length === 0 && removed === null && <p className="none">Nothing is watched yet. Add what matters most first.</p>}
      <ul className="card monitor-list" hidden={monitors.length === 0}>
        {places(monitors).map(({ key, index, item }) => (
          <MonitorItem
            key={key}
            monitor={isRecord(item) ? item : {}}
            index={index}
            last={index === monitors.length - 1}
            kinds={kinds}
            open={open === index}
            onOpen={() => setOpen(open === index ? null : index)}
            onChange={(next) =>
              change(
                monitors.map((old, at) => (at === index ? next : old)),
                `monitors[${index}]`,
              )
            }
            onDuplicate={() => {
              const copy = copyOf(isRecord(item) ? item : {}, monitors);
              change([...monitors.slice(0, index + 1), copy, ...monitors.slice(index + 1)]);
              setOpen(index + 1);
              wanted.current = `monitors[${index + 1}].name`;
            }}
            onMove={(to) => {
              change(moved(monitors, index, to));
              setOpen(to);
              wanted.current = `row ${to}`;
            }}
            onRemove={() => remove(index)}
          />
        ))}
      </ul>
      {removed !== null && (
        <p className="undo" role="status">
          <span>
            Removed <bdi>{monitorTitle(isRecord(removed.monitor) ? removed.monitor : {})}</bdi>.
          </span>
          <button type="button" data-path="removed" onClick={putBack}>
            Put it back
          </button>
        </p>
      )}
      <AddMonitor kinds={kinds} onAdd={add} />
    </>
  );
}

function AddMonitor({ kinds, onAdd }: { readonly kinds: readonly Kind[]; readonly onAdd: (kind: string) => void }) {
  return (
    <section className="card add-monitor" aria-labelledby="add-monitor">
      <h3 id="add-monitor">Add a monitor</h3>
      <ul>
        {kinds.map(({ kind }) => {
          const { title, about } = kindWords(kind);
          return (
            <li key={kind}>
              <button type="button" aria-label={`Add ${title}`} onClick={() => onAdd(kind)}>
                <b>{title}</b>
                <span>{about}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

type MonitorItemProps = {
  readonly monitor: Raw;
  readonly index: number;
  readonly last: boolean;
  readonly kinds: readonly Kind[];
  readonly open: boolean;
  readonly onOpen: () => void;
  readonly onChange: (next: unknown) => void;
  readonly onDuplicate: () => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
};

function MonitorItem(props: MonitorItemProps) {
  const { monitor, index, kinds, onOpen } = props;
  const wrong = useProblemPlaces(['monitors', index]).length;
  const kind = typeof monitor.kind === 'string' ? monitor.kind : '';
  const target = monitorTarget(monitor);
  // What is wrong has to be seen.
  const open = props.open || wrong > 0;
  return (
    <li className="monitor-item" data-open={open}>
      <button type="button" className="monitor-head" aria-expanded={open} data-path={`row ${index}`} onClick={onOpen}>
        <span className="monitor-words">
          <bdi className="row-name">{monitorTitle(monitor)}</bdi>
          <span className="row-note">
            {kindWords(kind).title}
            {target !== '' && (
              <>
                {' · '}
                <bdi>{target}</bdi>
              </>
            )}
          </span>
        </span>
        {wrong > 0 && <span className="tag wrong">{count(wrong, 'problem')}</span>}
        {monitor.enabled === false && <span className="tag">off</span>}
        <Chevron />
      </button>
      {open && <MonitorForm {...props} schema={kinds.find((candidate) => candidate.kind === kind)?.schema ?? {}} kind={kind} />}
    </li>
  );
}
