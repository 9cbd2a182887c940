// The first user's outage of 7 February 2024: the database's direct host lost its IPv4 address, and the API has no IPv6.
import { diagnosed, outage, recovery, type Scenario, seconds, spared } from './scenario.ts';

export const ipv6: Scenario = {
  id: 'ipv6',
  title: 'The database host loses IPv4',
  about:
    'The API’s index page still says 200, but nobody can log in. From this machine, which has IPv6, the database looks fine.',
  steps: [
    { at: seconds(0, 0), note: 'Supabase takes the IPv4 address off the database’s direct host. The API has no IPv6.' },
    { at: seconds(0, 0), switch: 'database-ipv6-only', on: true },
    { at: seconds(60, 8), note: 'The address is back.' },
    { at: seconds(60, 8), switch: 'database-ipv6-only', on: false },
  ],
  expect: [
    ...outage('database-ipv6-only', ['login'], seconds(15, 6)),
    diagnosed(
      'the host without IPv4 is named as the cause, and that no lever helps',
      'database-ipv6-only',
      'no lever',
      'database-ipv6-only',
      seconds(30, 12),
    ),
    ...recovery('database-ipv6-only', seconds(30, 8)),
    ...spared('api', 'web', 'standby'),
  ],
  patience: seconds(45, 15),
  quiet: seconds(5, 1.5),
};
