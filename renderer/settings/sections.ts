// The sections of the settings: which keys of the file each holds, and what it says of itself in one line. Pure.
import { count } from '../figures.ts';
import { choiceWords } from './names.ts';
import { isRecord, type Raw, same } from './values.ts';

export type SectionId =
  | 'monitors'
  | 'alerts'
  | 'maintenance'
  | 'connectivity'
  | 'heartbeat'
  | 'providers'
  | 'banner'
  | 'traffic'
  | 'dump'
  | 'app'
  | 'credentials'
  | 'file';

export type Section = {
  readonly id: SectionId;
  readonly title: string;
  readonly about: string;
  /** Top-level keys of the file. */
  readonly keys: readonly string[];
};

export const groups: readonly { readonly title: string; readonly sections: readonly Section[] }[] = [
  {
    title: 'Watching',
    sections: [
      { id: 'monitors', title: 'Monitors', keys: ['monitors'], about: 'What is watched, in the order of the window’s list.' },
      { id: 'alerts', title: 'Alerts', keys: ['alerts'], about: 'Who is told when an incident opens, and how often again.' },
      {
        id: 'maintenance',
        title: 'Maintenance',
        keys: ['maintenance'],
        about: 'Times when outages are expected: they are recorded, and nobody is woken.',
      },
      {
        id: 'connectivity',
        title: 'Connectivity & limits',
        keys: ['connectivity', 'limits'],
        about: 'How Signalbox knows that this machine is online, and how much it asks at once.',
      },
      {
        id: 'heartbeat',
        title: 'Heartbeat',
        keys: ['heartbeat'],
        about: 'Who watches the watcher: an address elsewhere that misses us when Signalbox stops.',
      },
    ],
  },
  {
    title: 'Levers',
    sections: [
      { id: 'providers', title: 'Providers', keys: ['providers'], about: 'The accounts that the levers work through.' },
      { id: 'banner', title: 'Banner', keys: ['banner'], about: 'How a notice gets in front of your users.' },
      { id: 'traffic', title: 'Traffic', keys: ['traffic'], about: 'Your two API servers, and how users get to one of them.' },
      { id: 'dump', title: 'Dump', keys: ['dump'], about: 'Copies of the database on this machine.' },
    ],
  },
  {
    title: 'Signalbox',
    sections: [
      { id: 'app', title: 'App', keys: ['app'], about: 'What is being watched here, by name.' },
      {
        id: 'credentials',
        title: 'Credentials',
        keys: [],
        about: 'What Signalbox may use, and where it is kept. No value is ever shown.',
      },
      {
        id: 'file',
        title: 'Settings file',
        keys: ['$schema'],
        about: 'All of this is one file. Take it along, or bring one in.',
      },
    ],
  },
];

export const sections: readonly Section[] = groups.flatMap((group) => group.sections);

export function sectionNamed(id: string): Section | undefined {
  return sections.find((section) => section.id === id);
}

/** Where a problem's path belongs; `null` for the file as a whole. */
export function sectionOf(path: string): SectionId | null {
  const key = /^[^.[]+/.exec(path)?.[0];
  return sections.find(({ keys }) => key !== undefined && keys.includes(key))?.id ?? null;
}

/** Sections in which the two documents differ. */
export function changedSections(now: Raw, before: Raw): Section[] {
  const known = sections.filter(({ keys }) => keys.some((key) => !same(now[key], before[key])));
  const keys = new Set(sections.flatMap((section) => section.keys));
  const others = [...Object.keys(now), ...Object.keys(before)].some((key) => !keys.has(key) && !same(now[key], before[key]));
  const file = sectionNamed('file');
  return others && file && !known.includes(file) ? [...known, file] : known;
}

/** A section in a few words: `6 monitors`, `Desktop and Slack`, `not set up`. */
export function summaryOf(id: SectionId, document: Raw): string {
  const part = document[id];
  switch (id) {
    case 'monitors':
      return Array.isArray(part) && part.length > 0 ? count(part.length, 'monitor') : 'none yet';
    case 'alerts':
      return alertNames(isRecord(part) ? part : {}).join(', ') || 'nobody is told';
    case 'maintenance':
      return Array.isArray(part) && part.length > 0 ? count(part.length, 'window') : 'none planned';
    case 'connectivity':
      return isRecord(part) && Array.isArray(part.probes) ? witnessWords(part.probes.length) : 'as usual';
    case 'heartbeat':
      return part === undefined ? 'not set up' : 'set up';
    case 'providers':
      return isRecord(part) && Object.keys(part).length > 0 ? Object.keys(part).map(providerName).join(', ') : 'none set up';
    case 'banner':
      return isRecord(part) ? (typeof part.via === 'string' ? choiceWords(part.via) : 'begun') : 'not set up';
    case 'traffic':
      return isRecord(part) ? (part.automation === 'automatic' ? 'moves by itself' : 'by hand') : 'not set up';
    case 'dump':
      return isRecord(part) ? (typeof part.directory === 'string' ? part.directory : 'begun') : 'not set up';
    case 'app':
      return isRecord(part) && typeof part.name === 'string' ? part.name : 'Production';
    case 'credentials':
    case 'file':
      return '';
  }
}

function alertNames(alerts: Raw): string[] {
  const { desktop, rollbar, slack } = alerts;
  const on = (part: unknown): boolean => !(isRecord(part) && part.enabled === false);
  return [
    ...(on(desktop) ? ['Desktop'] : []),
    ...(rollbar !== undefined && on(rollbar) ? ['Rollbar'] : []),
    ...(slack !== undefined && on(slack) ? ['Slack'] : []),
  ];
}

function witnessWords(number: number): string {
  return number === 0 ? 'guard off' : `${number} witness${number === 1 ? '' : 'es'}`;
}

const providerNames: Readonly<Record<string, string>> = {
  vercel: 'Vercel',
  render: 'Render',
  supabase: 'Supabase',
  statuspage: 'Statuspage',
  desktop: 'Desktop notifications',
  rollbar: 'Rollbar',
  slack: 'Slack',
};

export function providerName(key: string): string {
  return Object.hasOwn(providerNames, key) ? (providerNames[key] ?? key) : key;
}
