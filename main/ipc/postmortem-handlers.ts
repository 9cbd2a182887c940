// The contract's postmortem: the report on one outage, made anew each time from what is known now.
import type { Incident } from '../../shared/incident.ts';
import type { Handlers } from './dispatch.ts';

export type PostmortemDeps = {
  readonly postmortem: (incident: Incident) => { readonly markdown: string; readonly name: string };
};

/** `known` throws a FaultError for an incident that is not there. */
export function makePostmortemHandlers(
  { postmortem }: PostmortemDeps,
  known: (id: string) => Incident,
): Pick<Handlers, 'incident.postmortem'> {
  return { 'incident.postmortem': ({ id }) => postmortem(known(id)) };
}
