// An API that comes and goes: one incident held open, not a message for every turn.
import { type Scenario, seconds, spared } from './scenario.ts';

export const flapping: Scenario = {
  id: 'flapping',
  title: 'The API comes and goes',
  about: 'Up, down, up, down. One incident is held open and quiet; nobody gets a message for every turn.',
  steps: [
    { at: seconds(0, 0), note: 'The API begins to crash and restart, again and again.' },
    { at: seconds(0, 0), switch: 'api-flap', on: true },
    { at: seconds(120, 20), note: 'Somebody finds the leak; the API stays up.' },
    { at: seconds(120, 20), switch: 'api-flap', on: false },
  ],
  expect: [
    {
      says: 'one incident opens, and is opened again at most once',
      kind: 'incident-opened',
      count: { min: 1, max: 2 },
      within: seconds(35, 8),
      after: { fault: 'api-flap', on: true },
    },
    {
      says: 'it is recognised as flapping',
      kind: 'incident-flapping',
      within: seconds(120, 20),
      after: { fault: 'api-flap', on: true },
    },
    { says: 'Slack is told at most three times', kind: 'slack', count: { min: 1, max: 3 } },
    ...spared('db', 'web', 'standby'),
  ],
  patience: seconds(15, 6),
  quiet: seconds(10, 4),
};
