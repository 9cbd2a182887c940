// "See it work": the rehearsal yard, started beside this engine, with a link to its own window.
import { useState } from 'react';
import { useAsk } from '../hooks.ts';
import { FaultLine } from '../parts/fault.tsx';
import { Since } from '../parts/time.tsx';

export function Rehearsal({ live }: { readonly live: boolean }) {
  const { ask, pending, fault } = useAsk('setup.rehearse');
  const [began, setBegan] = useState('');
  const [url, setUrl] = useState<string | null>(null);
  const start = async (): Promise<void> => {
    setBegan(new Date().toISOString());
    const reply = await ask({});
    if (reply.ok) setUrl(reply.value.url);
  };
  return (
    <div className="first-run-way">
      <p>Or watch outages in a rehearsal yard first: simulated servers on this machine, no account needed.</p>
      {url === null ? (
        <div className="actions">
          <button type="button" disabled={pending || !live} onClick={() => void start()}>
            {pending ? 'Starting the yard…' : 'See it work'}
          </button>
          {pending && (
            <span className="test-clock">
              <Since at={began} />
            </span>
          )}
        </div>
      ) : (
        <p role="status">The yard runs until Signalbox ends. {place(url)}</p>
      )}
      <FaultLine fault={fault} />
    </div>
  );
}

/** Its window has opened in the browser by then; the tray app's own window opens no other page. */
function place(url: string): React.ReactNode {
  if (window.signalbox || !isWebAddress(url)) return 'Its window is in your browser.';
  return <YardLink url={url} />;
}

function YardLink({ url }: { readonly url: string }) {
  return (
    <a href={url} target="_blank" rel="noreferrer">
      Open its window
    </a>
  );
}

function isWebAddress(url: string): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
