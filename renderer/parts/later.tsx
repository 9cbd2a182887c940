// Pages that load when they are first needed. What cannot be loaded says so: the engine that serves it may be gone.
import { lazy, memo, Suspense } from 'react';
import type { Colour } from '../../shared/snapshot.ts';
import { Waiting } from './pages.tsx';

const Settings = lazy(() =>
  import('../settings/page.tsx').then(
    (module) => ({ default: module.SettingsPage }),
    () => ({ default: NotLoaded }),
  ),
);

const FirstRun = lazy(() =>
  import('../settings/first-run.tsx').then(
    (module) => ({ default: module.FirstRun }),
    () => ({ default: NotLoaded }),
  ),
);

type SettingsProps = { readonly section: string; readonly colour: Colour; readonly live: boolean };

/** Checks arrive all the time, and change nothing here. */
export const SettingsLater = memo(function SettingsLater(props: SettingsProps) {
  return (
    <Suspense fallback={<Waiting fault={null} />}>
      <Settings {...props} />
    </Suspense>
  );
});

export const FirstRunLater = memo(function FirstRunLater({ live }: { readonly live: boolean }) {
  return (
    <Suspense fallback={<FirstRunSoon />}>
      <FirstRun live={live} />
    </Suspense>
  );
});

/** Keeps the place, so that nothing jumps. */
function FirstRunSoon() {
  return (
    <section className="empty" aria-busy="true">
      <h2>Start with one address</h2>
    </section>
  );
}

function NotLoaded() {
  return (
    <div className="empty">
      <h2>This page could not be loaded</h2>
      <p>Check that Signalbox is still running, then load it again.</p>
      <div className="lever-actions">
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </div>
    </div>
  );
}
