// Draws a Slack message as its channel shows it: Block Kit's header, section and context, and mrkdwn. Text only ever becomes
// text: nothing from a message is taken as markup of this page.

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
const plain = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity]);

/** `*bold*`, `_italic_`, `` `code` ``, `<address|words>`, `<!date^seconds^format|words>`. */
const marks = /\*([^*\n]+)\*|\b_([^_\n]+)_\b|`([^`\n]+)`|<([^>|]+)(?:\|([^>]*))?>/g;

function mrkdwn(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    parts.push(plain(text.slice(from, match.index)));
    const [whole, bold, italic, code, address, words] = match;
    if (bold) parts.push(make('b', '', plain(bold)));
    else if (italic) parts.push(make('i', '', plain(italic)));
    else if (code) parts.push(make('code', '', plain(code)));
    else parts.push(plain(words ?? address ?? ''));
    from = match.index + whole.length;
  }
  parts.push(plain(text.slice(from)));
  return parts;
}

const textOf = (part) => (part.type === 'mrkdwn' ? mrkdwn(part.text) : [part.text]);

function block(one) {
  if (one.type === 'header') return make('h3', '', ...textOf(one.text));
  if (one.type === 'context') return make('p', 'context', ...one.elements.flatMap((part) => [...textOf(part), ' ']));
  const body = one.text ? [make('p', '', ...textOf(one.text))] : [];
  const fields = (one.fields ?? []).map((part) => make('p', '', ...textOf(part)));
  return make('div', 'section', ...body, ...(fields.length > 0 ? [make('div', 'fields', ...fields)] : []));
}

/** One message of the channel. */
export function message({ at, text, blocks }) {
  const time = new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const who = make('p', 'who', make('b', '', 'Signalbox'), make('span', 'app', 'APP'), make('span', 'faint', time));
  const body = blocks.length > 0 ? blocks.map(block) : [make('p', '', ...mrkdwn(text))];
  return make('li', '', make('span', 'avatar', make('span', '')), make('div', 'body', who, ...body));
}
