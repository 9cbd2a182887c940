// What a pasted address suggests to watch: monitors, the provider's status page, the provider itself. Pure: it looks at the
// address and at what is set up already, and asks nobody.
import { plainText } from '../../shared/redact.ts';
import { secretsIn } from '../../shared/settings.ts';
import type { Suggestion } from '../../shared/settings-view.ts';
import { unwrapped, webAddress } from './suggest-address.ts';
import { databaseParts, supabaseParts } from './suggest-database.ts';
import { isPage, pageParts } from './suggest-pages.ts';
import type { Found, Part } from './suggest-part.ts';
import { apiParts, frontendParts, renderParts } from './suggest-parts.ts';
import { isRecord, type Present, presentIn } from './suggest-present.ts';

/** Null when nothing can be made of it; no parts when all of it is there. Every part fits the settings' schema, under an id
 *  that is free in `document`; no part, title or reason holds a credential. */
export function suggest(address: string, document: Readonly<Record<string, unknown>>): Suggestion | null {
  const present = presentIn(document);
  const found = recognise(unwrapped(address), present);
  if (found === null) return null;
  const parts = withFreeIds(
    found.parts.filter((part) => !present.has(part)),
    present,
  );
  const title = parts.length === 0 ? `${found.title}, which is watched already` : found.title;
  return { title: plainText(title, 200), parts: [...parts], secrets: secretsIn(parts.map(({ value }) => value)).slice(0, 10) };
}

function recognise(text: string, present: Present): Found | null {
  if (/[\s\p{Cc}]/u.test(text)) return null;
  if (/^postgres(?:ql)?(?:\+\w+)?:\/\//i.test(text)) return databaseParts(text);
  const address = webAddress(text);
  if (address === null) return null;
  const { hostname } = address.url;
  const is = (...names: readonly string[]): boolean => names.some((name) => hostname === name || hostname.endsWith(`.${name}`));
  if (doNotKnock.has(hostname)) return null;
  if (is('onrender.com') || hostname === 'dashboard.render.com') return renderParts(address, present);
  if (isPage(address.url)) return pageParts(address.url);
  if (is('supabase.co', 'supabase.com')) return supabaseParts(address.url);
  if (is('vercel.app') || hostname === 'vercel.com') return frontendParts(address);
  return apiParts(address, present);
}

/** Where a request is a deed (a deploy hook, a message) or asks for a key, and nobody's product is. */
const doNotKnock = new Set([
  'api.render.com',
  'api.vercel.com',
  'api.supabase.com',
  'api.statuspage.io',
  'api.rollbar.com',
  'hooks.slack.com',
]);

function withFreeIds(parts: readonly Part[], { ids }: Present): readonly Part[] {
  const taken = new Set(ids);
  return parts.map((part) => {
    if (part.path !== 'monitors' || !isRecord(part.value)) return part;
    const base = String(part.value.id);
    let id = base;
    for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
    taken.add(id);
    return { ...part, value: { ...part.value, id } };
  });
}
