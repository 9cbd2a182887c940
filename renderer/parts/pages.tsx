// The pages for when there is no line to show: no key, no answer yet, nothing to watch.
import type { Fault } from '../../shared/ipc.ts';
import { Lamp } from './lamp.tsx';

function Page({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <main className="page">
      <Lamp colour="grey" size={36} />
      <h1>{title}</h1>
      {children}
    </main>
  );
}

/** Without the token from the terminal, or with one that is no longer valid. */
export function NoKey() {
  return (
    <Page title="This page needs its key">
      <p>Signalbox shows the line only to whoever started it. The full address, key included, is printed in the terminal:</p>
      <pre>signalbox watch</pre>
      <p>Open the address it prints; every start makes a new one.</p>
    </Page>
  );
}

/** Before the first answer. */
export function Waiting({ fault }: { readonly fault: Fault | null }) {
  if (fault === null) {
    return (
      <main className="page waiting" aria-busy="true">
        <Lamp colour="grey" size={36} />
        <h1>Asking Signalbox…</h1>
      </main>
    );
  }
  return (
    <Page title="No answer yet">
      <p role="alert">
        {fault.message} {fault.next}
      </p>
      <p>This page keeps trying.</p>
    </Page>
  );
}

const example = `{
  "monitors": [
    {
      "id": "api",
      "name": "API",
      "kind": "http",
      "role": "api-primary",
      "url": "https://api.example.com/"
    }
  ]
}`;

/** No monitors: where the settings file is and what to put into it. */
export function NothingWatched({ settingsFile }: { readonly settingsFile: string }) {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <h2 id="empty-title">Start with one address</h2>
      <p>
        Name your API in the settings file, <code>{settingsFile}</code>:
      </p>
      <pre>{example}</pre>
      <p>
        Save it, and this page follows by itself. The role puts a monitor on the line above: <code>frontend</code>,{' '}
        <code>api-primary</code>, <code>api-standby</code>, <code>database</code> or <code>provider</code>.
      </p>
    </section>
  );
}
