// What a person can do with one monitor: check it now, pause it, resume it.
import { useState } from 'react';
import type { MonitorView } from '../../shared/snapshot.ts';
import { latency } from '../../shared/words.ts';
import { useAsk } from '../hooks.ts';
import { outcomeWord } from '../strip-geometry.ts';
import { stripOf } from '../strips.ts';
import { FaultLine } from './fault.tsx';

const hourMs = 3_600_000;
/** The contract's longest pause, a year: words.ts calls it "until resumed". */
const untilResumedMs = 31_536_000_000;

export function MonitorActions({ monitor }: { readonly monitor: MonitorView }) {
  const check = useAsk('monitor.checkNow');
  const pause = useAsk('monitor.pause');
  const [result, setResult] = useState('');
  const { id } = monitor;

  const checkNow = async (): Promise<void> => {
    setResult('');
    const reply = await check.ask({ id });
    if (!reply.ok) return;
    const { latencyMs, error } = reply.value;
    const measured = latencyMs === null ? '' : ` in ${latency(latencyMs)}`;
    setResult(`Just checked: ${outcomeWord(stripOf(reply.value)[1])}${measured}.${error ? ` ${error.message}` : ''}`);
  };
  const pauseFor = (forMs: number | null) => () => void pause.ask({ id, forMs });
  return (
    <div className="actions">
      <button type="button" onClick={() => void checkNow()} disabled={check.pending}>
        {check.pending ? 'Checking…' : 'Check now'}
      </button>
      {monitor.pausedUntil === null ? (
        <>
          <button type="button" onClick={pauseFor(hourMs)} disabled={pause.pending}>
            Pause 1 h
          </button>
          <button type="button" onClick={pauseFor(untilResumedMs)} disabled={pause.pending}>
            Pause until resumed
          </button>
        </>
      ) : (
        <button type="button" onClick={pauseFor(null)} disabled={pause.pending}>
          Resume
        </button>
      )}
      <p className="result" role="status">
        {result}
      </p>
      <FaultLine fault={check.fault ?? pause.fault} />
    </div>
  );
}
