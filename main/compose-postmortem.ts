// Joins the postmortem: what the history and the settings know of an outage, and what a person wrote into the file before.

import { FaultError } from '../shared/fault.ts';
import type { Incident } from '../shared/incident.ts';
import type { Run } from '../shared/run.ts';
import type { Settings } from '../shared/settings.ts';
import { postmortem } from './core/postmortem.ts';
import { incidentOfPage, postmortemPage } from './core/postmortem-page.ts';

/** Runs far enough back for any outage that somebody still writes about. */
const lookBack = 5_000;

export type PostmortemParts = {
  readonly incident: Incident;
  /** Newest first. */
  readonly runs: (limit: number) => readonly Run[];
  /** Null when they cannot be read: monitors then go by their ids. */
  readonly settings: Settings | null;
  /** Epoch ms. */
  readonly now: number;
  /** What the file holds; null when there is none. */
  readonly previous: string | null;
  /** IANA name; the machine's own when absent. */
  readonly timeZone?: string;
};

/** The report as data and as Markdown. Throws FaultError when `previous` is not a postmortem of this incident. */
export function writePostmortem(parts: PostmortemParts) {
  const { incident, runs, settings, now, previous } = parts;
  if (previous !== null && previous.trim() !== '' && incidentOfPage(previous) !== incident.id) throw foreign(incident.id);
  const data = postmortem({
    incident,
    runs: runs(lookBack),
    monitors: (settings?.monitors ?? []).map(({ id, name = id, role }) => ({ id, name, role })),
    app: settings?.app ?? { name: 'Production', environment: 'production' },
    timeZone: parts.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    now,
  });
  return { data, markdown: postmortemPage(data, previous), name: `postmortem-${incident.id}.md` };
}

function foreign(id: string): FaultError {
  return new FaultError({
    code: 'not-this-postmortem',
    message: `This file is not a postmortem of ${id}, and is left as it is.`,
    next: 'Choose another file with --out.',
  });
}
