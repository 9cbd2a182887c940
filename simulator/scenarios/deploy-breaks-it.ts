// The most usual outage of all: our own release.
import { outage, recovery, type Scenario, seconds, spared } from './scenario.ts';

export const deployBreaksIt: Scenario = {
  id: 'deploy-breaks-it',
  title: 'A release breaks the API',
  about: 'The new release does not start and the platform answers 502 in its place. Every provider is well: it is our own doing.',
  steps: [
    { at: seconds(0, 0), note: 'A release goes out on a Friday afternoon; it does not start.' },
    { at: seconds(0, 0), switch: 'api-5xx', on: true },
    { at: seconds(45, 7), note: 'The release before it is put back.' },
    { at: seconds(45, 7), switch: 'api-5xx', on: false },
  ],
  expect: [
    ...outage('api-5xx', ['api', 'login'], seconds(15, 6)),
    ...recovery('api-5xx', seconds(30, 8)),
    ...spared('db', 'web', 'standby'),
    { says: 'no provider is blamed', kind: 'head', tags: ['Render reports'], count: { max: 0 } },
  ],
  patience: seconds(45, 15),
  quiet: seconds(5, 1.5),
};
