// The pages for when there is no line to show: no key, no answer yet.
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
