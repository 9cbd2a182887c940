// Tries one thing for real, without saving: the button, how long it has been trying, and what came of it.
import { useState } from 'react';
import type { SettingsTest, TestResult } from '../../shared/settings-view.ts';
import { useAsk } from '../hooks.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { Since } from '../parts/time.tsx';
import { same } from './values.ts';

type TestButtonProps = {
  readonly test: SettingsTest;
  /** What is tested: `Slack`. */
  readonly name: string;
  /** Why it cannot be tried now. */
  readonly obstacle?: string | null;
};

export function TestButton({ test, name, obstacle = null }: TestButtonProps) {
  const { ask, pending, fault } = useAsk('settings.test');
  const [began, setBegan] = useState('');
  const [done, setDone] = useState<{ readonly test: SettingsTest; readonly result: TestResult } | null>(null);
  const tryIt = async (): Promise<void> => {
    setBegan(new Date().toISOString());
    setDone(null);
    const reply = await ask({ test });
    if (reply.ok) setDone({ test, result: reply.value });
  };
  // What was tried is not what stands there now.
  const result = done !== null && same(done.test, test) ? done.result : null;
  return (
    <div className="test">
      <button type="button" disabled={pending || obstacle !== null} aria-label={`Test ${name}`} onClick={() => void tryIt()}>
        {pending ? 'Testing…' : 'Test'}
      </button>
      {pending && (
        <span className="test-clock">
          <Since at={began} />
        </span>
      )}
      {obstacle !== null && <span className="hint">{obstacle}</span>}
      <div className="test-result" role="status">
        {result !== null && (
          <>
            <Lamp colour={result.ok ? 'green' : 'red'} size={13} />
            <span>
              <b>{result.ok ? 'Works.' : 'Does not work.'}</b> <bdi>{result.message}</bdi>
            </span>
          </>
        )}
      </div>
      <FaultLine fault={fault} />
    </div>
  );
}
