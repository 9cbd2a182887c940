// Starts the page: finds the engine, then draws what it says.
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { StoreContext } from './hooks.ts';
import { openLine } from './pipe.ts';
import { Store } from './store.ts';
import './css/tokens.css';
import './css/base.css';
import './css/head.css';
import './css/pages.css';
import './css/line.css';
import './css/levers.css';
import './css/lever-body.css';
import './css/runs.css';
import './css/incident.css';
import './css/monitors.css';
import './css/details.css';
import './css/history.css';

/** Many events in one frame become one rendering; a hidden page gets no frames, and needs few. */
function beforePaint(callback: () => void): void {
  if (document.hidden) setTimeout(callback, 250);
  else requestAnimationFrame(callback);
}

async function start(root: HTMLElement): Promise<void> {
  const store = new Store(await openLine(window), {
    now: () => Date.now(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    beforePaint,
  });
  store.start();
  createRoot(root).render(
    <StoreContext value={store}>
      <App />
    </StoreContext>,
  );
}

const root = document.getElementById('root');
if (root) void start(root);
