// The formats of status pages that we read, where each keeps its document, and which one a document is.

import { readBetterStack } from './status-page-better-stack.ts';
import { readInstatus } from './status-page-instatus.ts';
import type { StatusPage, StatusPageFormat } from './status-page-model.ts';
import { readSlack } from './status-page-slack.ts';
import { readStatuspage } from './status-page-statuspage.ts';

type Format = {
  /** Where a page of this product keeps its document. */
  readonly path: string;
  readonly read: (document: unknown) => StatusPage | null;
};

/** In the order in which an unknown page is tried; Statuspage and incident.io share path and reader. */
const formats: Readonly<Record<StatusPageFormat, Format>> = {
  statuspage: { path: '/api/v2/summary.json', read: readStatuspage },
  'incident-io': { path: '/api/v2/summary.json', read: readStatuspage },
  instatus: { path: '/summary.json', read: readInstatus },
  'better-stack': { path: '/index.json', read: readBetterStack },
  slack: { path: '/api/v2.0.0/current', read: readSlack },
};

export const formatNames = Object.keys(formats) as StatusPageFormat[];

/** The page in `document`, whatever its format, or null when no reader knows it. Never throws. */
export function readStatusPage(document: unknown): StatusPage | null {
  for (const { read } of Object.values(formats)) {
    const page = read(document);
    if (page) return page;
  }
  return null;
}

/** Addresses at which the document of the page at `url` may be, the likeliest first. */
export function candidates(url: string, format: StatusPageFormat | undefined): string[] {
  const { pathname, hostname, search } = new URL(url);
  const at = (path: string): string => new URL(path, url).href;
  // An address that already names a document is meant as it is.
  if (pathname.endsWith('.json') || pathname.includes('/api/') || search !== '') return [url];
  if (format) return [at(formats[format].path)];
  if (hostname === 'slack-status.com' || hostname.endsWith('.slack-status.com')) return [at(formats.slack.path)];
  const usual = [...new Set(Object.values(formats).map((one) => at(one.path)))];
  return pathname === '/' ? [...usual, url] : [url, ...usual];
}
