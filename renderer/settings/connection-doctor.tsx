// The connection doctor: paste a connection string, or have a stored one examined. What is pasted is not stored, does not come
// back, and leaves the page with the first answer.
import { useId, useRef, useState } from 'react';
import type { ConnectionFinding, ConnectionReport } from '../../shared/doctor.ts';
import type { Input } from '../../shared/ipc.ts';
import { useAsk } from '../hooks.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { Since } from '../parts/time.tsx';

type Question = Input<'doctor.examine'>;

export function ConnectionDoctor() {
  const field = useRef<HTMLInputElement>(null);
  const { examine, pending, shown } = useDoctor();
  const id = useId();
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    const input = field.current;
    if (input === null || input.value.trim() === '' || pending) return;
    if (await examine({ text: input.value.slice(0, 2_000) })) input.value = '';
  };
  return (
    <section className="card doctor" aria-labelledby={`${id}title`}>
      <h3 id={`${id}title`}>Connection doctor</h3>
      <form onSubmit={(event) => void submit(event)}>
        <label htmlFor={id}>A Postgres connection string</label>
        <div className="note-line">
          {/* Not controlled by React, which would write what is pasted into the page's markup. */}
          <input id={id} ref={field} type="password" autoComplete="off" spellCheck={false} placeholder="postgresql://…" />
          <button type="submit" disabled={pending}>
            {pending ? 'Examining…' : 'Examine'}
          </button>
        </div>
        <p className="hint">It is tried once from here and not stored; its password is not shown again.</p>
      </form>
      {shown}
    </section>
  );
}

/** Examines a stored connection string, beside the credential that it is. */
export function ExamineSecret({ name }: { readonly name: string }) {
  const { examine, pending, shown } = useDoctor();
  return (
    <div className="doctor">
      <button type="button" disabled={pending} aria-label={`Examine ${name}`} onClick={() => void examine({ secret: name })}>
        {pending ? 'Examining…' : 'Examine'}
      </button>
      {shown}
    </div>
  );
}

function useDoctor() {
  const { ask, pending, fault } = useAsk('doctor.examine');
  const [began, setBegan] = useState('');
  const [report, setReport] = useState<ConnectionReport | null>(null);
  const examine = async (question: Question): Promise<boolean> => {
    setBegan(new Date().toISOString());
    setReport(null);
    const reply = await ask(question);
    if (reply.ok) setReport(reply.value);
    return reply.ok;
  };
  const shown = (
    <>
      {pending && (
        <span className="test-clock">
          <Since at={began} />
        </span>
      )}
      <div role="status">{report !== null && <Report report={report} />}</div>
      <FaultLine fault={fault} />
    </>
  );
  return { examine, pending, shown };
}

const colours = { bad: 'red', warn: 'amber', ok: 'green' } as const;
const words = { bad: 'Wrong', warn: 'Look at this', ok: 'Good' } as const satisfies Record<ConnectionFinding['level'], string>;

function Report({ report: { findings, corrected } }: { readonly report: ConnectionReport }) {
  return (
    <>
      <ul className="findings">
        {findings.map(({ id, level, message, next }) => (
          <li key={`${id} ${message}`}>
            <Lamp colour={colours[level]} size={13} />
            <span>
              <b>{words[level]}:</b> <bdi>{message}</bdi> {next !== null && <bdi>{next}</bdi>}
            </span>
          </li>
        ))}
      </ul>
      {corrected !== null && (
        <p className="corrected">
          <b>Corrected:</b> <code>{corrected}</code>
        </p>
      )}
    </>
  );
}
