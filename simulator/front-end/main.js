// The rehearsal's production page. The API address is inlined when it is built; /config.json, read while it runs, may name
// another one and a banner. Knows nothing of Signalbox.

/** Between two looks, milliseconds. */
const every = 3_000;
/** An answer that takes longer counts as none. */
const patience = 8_000;
/** Whoever opens the rehearsal: see schema.ts. */
const visitor = { username: 'visitor@ninepanels.test', password: 'visitor' };

const builtIn = {
  server: import.meta.env.VITE_SERVER_ROOT ?? '',
  environment: import.meta.env.VITE_ENV ?? 'production',
  banner: import.meta.env.VITE_BANNER ?? '',
};

/** Access tokens by server. */
const tokens = new Map();

const element = (id) => document.getElementById(id);

async function answer(server, path, options = {}) {
  const response = await fetch(server.replace(/\/$/, '') + path, { ...options, signal: AbortSignal.timeout(patience) });
  const body = await response.json();
  if (body.is_error) throw new Error(body.error_message ?? `status ${response.status}`);
  return body.data;
}

async function panelsOf(server) {
  if (!tokens.has(server)) {
    const { access_token } = await answer(server, '/token', { method: 'POST', body: new URLSearchParams(visitor) });
    tokens.set(server, access_token);
  }
  return answer(server, '/v5/panels', { headers: { authorization: `Bearer ${tokens.get(server)}` } });
}

async function runTimeConfig() {
  try {
    const response = await fetch('./config.json', { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    return response.ok ? await response.json() : {};
  } catch {
    // The page was built to work without it.
    return {};
  }
}

/** A banner is `{ text, severity? }` or a plain text; a build's own is shown when there is none at run time. */
function showBanner(live) {
  const text = (typeof live === 'string' ? live : live?.on === false ? '' : live?.text) || builtIn.banner;
  const banner = element('banner');
  banner.textContent = text;
  banner.dataset.severity = live?.severity ?? 'warning';
  banner.hidden = !text;
}

function showPanels(list) {
  const items = list.map((panel) => {
    const item = document.createElement('li');
    item.textContent = `${panel.title} · ${panel.completed}`;
    return item;
  });
  element('panels').replaceChildren(...items);
}

async function look() {
  const config = await runTimeConfig();
  const server = config.apiBase || builtIn.server;
  const status = element('status');
  element('server').textContent = server;
  showBanner(config.banner);
  try {
    showPanels(await panelsOf(server));
    status.textContent = 'All your panels are here.';
    delete status.dataset.trouble;
  } catch (error) {
    tokens.delete(server);
    showPanels([]);
    status.textContent = 'Server unreachable. Your panels cannot be loaded.';
    status.title = String(error);
    status.dataset.trouble = '';
  }
  setTimeout(look, every);
}

element('environment').textContent = builtIn.environment;
look();
