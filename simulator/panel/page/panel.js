// The panel's page: asks for the state again and again, draws what changed, and sends what is pressed. Holds no truth itself.
import { make, message } from '/slack.js';

const everyMs = 600;
const words = { green: 'Clear', amber: 'Caution', red: 'Stop', grey: 'Dark' };
const element = (id) => document.getElementById(id);

// The token leaves the address bar, and stays for a reload of this tab.
const given = new URLSearchParams(location.hash.slice(1)).get('token');
if (given) {
  sessionStorage.setItem('token', given);
  history.replaceState(null, '', location.pathname);
}
const token = given ?? sessionStorage.getItem('token') ?? '';

async function ask(path, order) {
  const options = order ? { method: 'POST', body: JSON.stringify(order) } : {};
  const response = await fetch(path, { ...options, headers: { 'x-yard-token': token }, signal: AbortSignal.timeout(20_000) });
  const value = await response.json();
  if (!response.ok) throw new Error(value.problem);
  return value;
}

async function send(order) {
  try {
    draw(await ask('/order', order));
  } catch (error) {
    element('problem').textContent = error.message;
  }
}

/** Draws a part again only when its value changed, so that focus and selection stay. */
const drawn = new Map();
function whenChanged(name, value, work) {
  const text = JSON.stringify(value);
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  work(value);
}

function button(text, press) {
  const made = make('button', '', text);
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

function drawScenarios(list) {
  element('scenarios').replaceChildren(
    ...list.map(({ id, title, about }) => {
      const play = button('Play', () => send({ do: 'play', id }));
      play.id = `play-${id}`;
      play.setAttribute('aria-label', `Play: ${title}`);
      return make('li', '', make('div', '', make('h3', '', title), make('p', 'faint', about)), play);
    }),
  );
}

const switches = new Map();
function drawFaults(list) {
  const groups = Map.groupBy(list, ({ group }) => group);
  element('faults').replaceChildren(
    ...[...groups].map(([group, members]) => {
      const buttons = members.map(({ id, title }) => {
        const made = button('', () => send({ do: 'switch', id, on: made.getAttribute('aria-pressed') !== 'true' }));
        made.className = 'switch';
        made.id = `fault-${id}`;
        made.append(make('span', 'knob'), make('span', '', title));
        switches.set(id, made);
        return make('li', '', made);
      });
      const heading = make('h3', '', group === 'api' ? 'API' : group);
      const items = make('ul', '', ...buttons);
      return make('div', 'group', heading, items);
    }),
  );
}

function drawStory(list) {
  const start = list[0]?.at ?? 0;
  const box = element('story');
  const follows = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  box.replaceChildren(
    ...list.map(({ at, who, text, kind }) => {
      const time = make('time', '', `${((at - start) / 1000).toFixed(1)} s`);
      return make('li', `kind-${kind}`, time, make('b', '', who), make('span', '', text));
    }),
  );
  if (list.length === 0) box.append(make('li', 'none', 'Nothing yet. Switch a fault on, or play a scenario.'));
  if (follows) box.scrollTop = box.scrollHeight;
}

function drawVerdict({ playing, last, scenarios }) {
  const title = (id) => scenarios.find((one) => one.id === id)?.title ?? id;
  const verdict = element('verdict');
  verdict.dataset.state = playing ? 'playing' : last ? (last.asExpected ? 'good' : 'bad') : 'none';
  verdict.textContent = playing
    ? `Playing: ${title(playing)}`
    : last
      ? last.asExpected
        ? `As expected: ${last.findings.length} of ${last.findings.length}`
        : `Not as expected: ${title(last.id)}`
      : '';
  const unmet = (last?.findings ?? []).filter(({ met }) => !met);
  element('findings').replaceChildren(...unmet.map(({ says, problem }) => make('li', '', `✗ ${says} - ${problem}`)));
  for (const { id } of scenarios) element(`play-${id}`).dataset.on = String(id === playing);
  element('stop').disabled = !playing;
}

function drawSlack(list) {
  const box = element('slack');
  box.replaceChildren(...list.map(message));
  if (list.length === 0)
    box.append(make('li', 'none', 'No message. Signalbox speaks once when an outage begins and once when it ends.'));
  box.scrollTop = box.scrollHeight;
}

function drawRollbar(list) {
  element('rollbar').replaceChildren(
    ...list
      .toReversed()
      .map(({ counter, title, level, status, environment, count }) =>
        make(
          'li',
          '',
          make('span', `state ${status}`, status),
          make(
            'div',
            '',
            make('b', '', `#${counter} ${title}`),
            make('p', 'faint', `${level} · ${environment} · ${count} occurrence${count === 1 ? '' : 's'}`),
          ),
        ),
      ),
  );
  if (list.length === 0) element('rollbar').append(make('li', 'none', 'No items.'));
}

function drawSignal({ colour, sentence }) {
  element('signal').dataset.colour = colour;
  element('signal-word').textContent = words[colour] ?? colour;
  element('signal-sentence').textContent = sentence;
}

function draw(state) {
  whenChanged('scenarios', state.scenarios, drawScenarios);
  whenChanged(
    'faults',
    state.faults.map(({ on, ...rest }) => rest),
    drawFaults,
  );
  for (const { id, on } of state.faults) switches.get(id).setAttribute('aria-pressed', String(on));
  element('mend').disabled = !state.playing && state.faults.every(({ on }) => !on);
  whenChanged('signal', state.signal, drawSignal);
  whenChanged('verdict', { playing: state.playing, last: state.last, scenarios: state.scenarios }, drawVerdict);
  whenChanged('story', state.story, drawStory);
  whenChanged('slack', state.slack, drawSlack);
  whenChanged('rollbar', state.rollbar, drawRollbar);
  whenChanged('addresses', [state.windowUrl, state.production], ([windowUrl, production]) => {
    element('window').href = windowUrl;
    element('production-link').href = production;
    element('production').src = production;
  });
  element('problem').textContent = state.problem ?? '';
}

// They scroll, so the keyboard must get into them.
for (const id of ['story', 'slack']) element(id).tabIndex = 0;

element('stop').addEventListener('click', () => send({ do: 'stop' }));
element('mend').addEventListener('click', () => send({ do: 'mend' }));

async function look() {
  try {
    draw(await ask('/state'));
  } catch (error) {
    const gone = error instanceof TypeError;
    element('problem').textContent = gone ? 'The rehearsal has ended. Start it again with npm run demo.' : error.message;
  }
  setTimeout(look, everyMs);
}
look();
