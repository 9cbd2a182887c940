// What a move of traffic would change, and what should be known before: for people, read-only.
import type { Finding, Preflight } from '../../shared/lever.ts';
import { latency } from '../../shared/words.ts';
import type { VercelDeployment } from '../providers/vercel-model.ts';
import { holds, shown } from './env-row.ts';
import {
  addressOf,
  commitOf,
  frozenWarning,
  type Leg,
  type Look,
  lookAtTraffic,
  noteLiveCommit,
  otherSide,
  sayOutside,
  shortCommit,
} from './traffic-leg.ts';
import { candidate } from './traffic-promote.ts';
import { isThere, wouldNotHelp } from './traffic-steps.ts';
import { wake } from './wake.ts';

type Looked = Omit<Preflight, 'title'>;
type Candidate = Awaited<ReturnType<typeof candidate>>;

const good = (text: string): Finding => ({ level: 'good', text });
const note = (text: string): Finding => ({ level: 'note', text });
const warning = (text: string): Finding => ({ level: 'warning', text });

/** A sleeping standby is asked and not waited for. */
const askMs = 5_000;

export async function prepareMove(leg: Leg, force: boolean, signal: AbortSignal): Promise<Looked> {
  const { deps } = leg;
  const address = addressOf(leg, leg.to);
  const [look, woken] = await Promise.all([
    lookAtTraffic(leg, signal),
    wake({ address, clock: deps.clock, signal, tryMs: Math.min(askMs, leg.times.wakeTry), budgetMs: 0 }),
  ]);
  const commit = commitOf(look.live);
  noteLiveCommit(leg, commit);
  const live = { id: look.live.id, commit };
  const twin = deps.settings.via.includes('promote-twin') ? await candidate(leg, { signal, force, memory: {} }, live) : null;
  const building = await leg.vercel.deployments({ state: 'BUILDING,INITIALIZING,QUEUED', limit: 5 }, signal);
  const there = isThere(leg, look);
  const fault = leg.to === 'standby' && !there ? deps.openFault() : null;
  const health = woken.healthy
    ? good(`The ${leg.to} answered well after ${latency(woken.afterMs)}.`)
    : leg.to === 'standby'
      ? note(
          `The standby did not answer well (${woken.problem}). It may be asleep: it is woken and waited for before anything changes.`,
        )
      : warning(`The primary does not answer well (${woken.problem}).`);
  return {
    changes: there ? [] : changesOf(leg, look, twin),
    findings: [
      there ? good(`Production serves the ${leg.to} already, and the next build will too.`) : sayFrom(leg, look),
      health,
      ...(there ? [] : rowFindings(leg, look)),
      ...(twin && 'gaveUp' in twin && !there ? [warning(`Nothing to promote: ${twin.gaveUp}.`)] : []),
      ...projectFindings(look, building),
    ],
    ...refusalOf(leg, look, { fault, primaryIsBad: leg.to === 'primary' && !there && !woken.healthy }),
    asks: !deps.urgent(),
  };
}

function refusalOf(
  leg: Leg,
  { picked }: Look,
  { fault, primaryIsBad }: { readonly fault: string | null; readonly primaryIsBad: boolean },
): Pick<Looked, 'refusal' | 'forceable'> {
  if (picked?.refusal) return { refusal: picked.refusal, forceable: false };
  if (fault !== null) return { refusal: wouldNotHelp(fault), forceable: true };
  if (!primaryIsBad) return { refusal: null, forceable: false };
  const message = `The primary (${addressOf(leg, 'primary')}) does not answer well, so traffic stays on the standby.`;
  return { refusal: { code: 'primary-not-healthy', message, next: 'Mend the primary, or add --force.' }, forceable: true };
}

function changesOf(leg: Leg, { project, picked }: Look, twin: Candidate | null): string[] {
  const { variable, via, key } = leg.deps.settings;
  const address = addressOf(leg, leg.to);
  const row = picked?.row;
  const from = row ? shown(row) : 'nothing';
  const env =
    variable && !holds(row ?? null, address)
      ? [`Vercel project ${project.name}: ${variable} (production) from ${from} to ${address}`]
      : [];
  const ways = via.flatMap((way) => {
    if (way === 'global-config')
      return leg.deps.globalConfigId === null ? [] : [`Global Config ${leg.deps.globalConfigId}: ${key} to ${address}`];
    if (way === 'vercel-env')
      return variable ? [`Build the live commit again with ${variable} = ${address} and put it live (minutes)`] : [];
    return twin && 'id' in twin ? [`Promote deployment ${twin.id} (${shortCommit(twin.commit)}; seconds)`] : [];
  });
  return [...env, ...ways.map((text, index) => (index === 0 ? text : `If that does not work: ${text}`))];
}

function sayFrom(leg: Leg, { outside }: Look): Finding {
  if (outside.serves === otherSide(leg.to)) return good(`Production serves the ${outside.serves} now.`);
  if (outside.serves === leg.to) return note(`Production serves the ${leg.to} already; only the next build would undo that.`);
  return warning(`It cannot be told whom production serves now: ${sayOutside(outside)}.`);
}

function rowFindings(leg: Leg, { picked }: Look): Finding[] {
  const { variable } = leg.deps.settings;
  if (variable === undefined || picked === null)
    return [warning('`traffic.variable` is not set: the next build of the front end undoes the switch.')];
  if (picked.refusal) return [];
  if (picked.row === null) return [note(`${variable} is no variable of production yet: it is added, and stays afterwards.`)];
  if (picked.sharedWith.length === 0) return [];
  return [warning(`${variable} has one value for production and ${picked.sharedWith.join(', ')}: all of them change.`)];
}

function projectFindings({ project }: Look, building: readonly VercelDeployment[]): Finding[] {
  const frozen = frozenWarning(project);
  return [
    ...(frozen ? [warning(frozen)] : []),
    ...(project.rollingRelease ? [warning('A rolling release is set up: a promotion may wait for it.')] : []),
    ...building.map(({ id, readyState }) =>
      warning(`${id} is ${readyState}: it goes live when it is built, with the address that it was given.`),
    ),
  ];
}
