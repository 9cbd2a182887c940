// A visit to a page as a browser would make it, without running anything: the document, its scripts, what those import, and the
// JSON documents that they name. What is looked for in them is its caller's business.
import { safeText } from '../../shared/redact.ts';
import { type Document, fetchDocument, type Visitor } from './outside-fetch.ts';
import { importsOf, isWithinSite, jsonNamedIn, likeliestFirst, scriptsOf, unique, withoutComments } from './outside-page.ts';

export type Visit = {
  /** The document at the address itself; null when it cannot be read. */
  readonly page: Document | null;
  /** Its value when the page is itself a JSON document. */
  readonly pageJson: { readonly value: unknown } | null;
  readonly scripts: readonly Document[];
  /** JSON documents that the scripts name, those that exist. */
  readonly json: readonly { readonly url: string; readonly value: unknown }[];
  /** Pages and scripts that could not be read. */
  readonly problems: readonly string[];
  /** Named JSON documents that could not be read; one that does not exist is no problem. */
  readonly jsonProblems: readonly string[];
};

const most = { pageBytes: 2 * 1_048_576, scripts: 30, scriptBytes: 8 * 1_048_576, json: 5, jsonBytes: 1_048_576 } as const;
const atOnce = 6;

/** Rejects only with the signal's reason. */
export async function visit(url: string, visitor: Visitor): Promise<Visit> {
  const first = await fetchDocument(url, most.pageBytes, visitor);
  if ('problem' in first) return { ...empty, problems: [first.problem] };
  const pageJson = jsonOf(first.document);
  if (pageJson) return { ...empty, page: first.document, pageJson };
  const { type, text } = first.document;
  const isHtml = /html/.test(type) || (type === '' && /^\s*</.test(text));
  const page = isHtml ? { ...first.document, text: withoutComments(text) } : first.document;
  const { urls, inline } = isHtml ? scriptsOf(page.text, page.url) : { urls: importsOf(text, page.url), inline: [text] };
  const { scripts, problems } = await readScripts(urls, inline, page.url, visitor);
  const named = [...inline, ...scripts.map((one) => one.text)].flatMap((script) => jsonNamedIn(script, page.url));
  const json = await readJson(likeliestFirst(unique(named)).slice(0, most.json), visitor);
  return {
    page,
    pageJson,
    scripts,
    json: json.found,
    problems: [...strayed(url, page.url), ...problems],
    jsonProblems: json.problems,
  };
}

/** A page that sends its visitors to another site may have a sign-in in front of it, as protected deployments do. */
function strayed(from: string, to: string): readonly string[] {
  const [start, end] = [new URL(from), new URL(to)];
  if (isWithinSite(end, start) || isWithinSite(start, end)) return [];
  return [`${safeText(from, 200)} leads to ${safeText(end.host, 100)}, as when visitors have to sign in first.`];
}

const empty: Visit = { page: null, pageJson: null, scripts: [], json: [], problems: [], jsonProblems: [] };

/** The page's scripts and, one level further, what they import. */
async function readScripts(
  urls: readonly string[],
  inline: readonly string[],
  pageUrl: string,
  visitor: Visitor,
): Promise<{ readonly scripts: readonly Document[]; readonly problems: readonly string[] }> {
  const budget = { files: most.scripts, bytes: most.scriptBytes };
  const direct = await readSome(urls, budget, visitor);
  const imported = unique([
    ...inline.flatMap((text) => importsOf(text, pageUrl)),
    ...direct.scripts.flatMap((one) => importsOf(one.text, one.url)),
  ]).filter((url) => !urls.includes(url));
  const further = await readSome(imported, budget, visitor);
  return { scripts: [...direct.scripts, ...further.scripts], problems: [...direct.problems, ...further.problems] };
}

type Budget = { files: number; bytes: number };

async function readSome(
  urls: readonly string[],
  budget: Budget,
  visitor: Visitor,
): Promise<{ readonly scripts: readonly Document[]; readonly problems: readonly string[] }> {
  const scripts: Document[] = [];
  const problems: string[] = [];
  const wanted = urls.slice(0, budget.files);
  if (wanted.length < urls.length) problems.push(`The page loads more than ${most.scripts} scripts; the others were not read.`);
  budget.files -= wanted.length;
  for (let start = 0; start < wanted.length; start += atOnce) {
    const part = wanted.slice(start, start + atOnce);
    const share = Math.max(1, budget.bytes);
    for (const fetched of await Promise.all(part.map((url) => fetchDocument(url, share, visitor)))) {
      if ('problem' in fetched) problems.push(fetched.problem);
      else {
        budget.bytes -= fetched.document.bytes;
        scripts.push(fetched.document);
      }
    }
  }
  return { scripts, problems };
}

async function readJson(
  urls: readonly string[],
  visitor: Visitor,
): Promise<{ readonly found: Visit['json']; readonly problems: readonly string[] }> {
  const all = await Promise.all(urls.map((url) => fetchDocument(url, most.jsonBytes, visitor)));
  const found = all.flatMap((one) => {
    const json = 'document' in one ? jsonOf(one.document) : null;
    return json && 'document' in one ? [{ url: one.document.url, value: json.value }] : [];
  });
  // Names in libraries often lead nowhere, and a page's own catch-all answers with HTML: neither is a problem.
  const problems = all.flatMap((one) => ('problem' in one && (one.status === null || one.status >= 500) ? [one.problem] : []));
  return { found, problems };
}

function jsonOf(document: Document): { readonly value: unknown } | null {
  if (/html|javascript|ecmascript/.test(document.type)) return null;
  try {
    return { value: JSON.parse(document.text) };
  } catch {
    return null;
  }
}
