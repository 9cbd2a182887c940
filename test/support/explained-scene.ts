// The outage of REPLAYS B as the window explains it: the cause, its evidence unfolded, what to do, and what else was found.
import type { Diagnosis } from '../../shared/incident.ts';
import type { Snapshot } from '../../shared/snapshot.ts';
import type { Scene } from './scenes.ts';
import { diagnosisOf, iso } from './view-fixtures.ts';

const ref = 'abcdefghijklmnopqrst';
const line =
  'BlacklistedAccessTokenException: problem reading blacklist table (psycopg2.OperationalError) connection to server at ' +
  `"db.${ref}.supabase.co" (2a05:d014:1c06:5f00::1), port 5432 failed: Network unreachable`;

/** `outage` with its incident explained, playing at `now` (epoch ms). */
export function explainedScene(outage: Snapshot, replies: Scene['replies'], now: number): Scene {
  const at = iso(now - 240_000);
  const diagnosis: Diagnosis = diagnosisOf({
    rule: 'database-ipv6-only',
    sentence: `The API cannot reach its database: db.${ref}.supabase.co has only an IPv6 address, and the API’s host has no IPv6.`,
    suggestion: `Give the API the session pooler’s address, which has IPv4: postgresql://postgres.${ref}:[password]@aws-0-eu-central-1.pooler.supabase.com:5432/postgres`,
    evidence: [
      { source: 'Render’s log of nine-panels-api', at, text: line },
      { source: 'Log in (reads the database)', at, text: 'api.example.com answered 500 Internal Server Error; expected 200.' },
      { source: 'API (Frankfurt)', at, text: 'Answers in 84 ms.' },
    ],
    against: [{ source: 'Postgres', at, text: 'Answers in 41 ms.' }],
    others: [
      { rule: 'database-unreachable-from-api', confidence: 'medium', sentence: 'The API is up, but it cannot use its database.' },
    ],
  });
  const evidence = [
    ...diagnosis.evidence,
    { source: 'Supabase', at, text: 'The project is active healthy; all of its services are healthy.' },
  ];
  return {
    name: 'explained',
    replies,
    snapshot: { ...outage, incidents: outage.incidents.map((incident) => ({ ...incident, diagnosis, evidence })) },
    act: async (page) => {
      for (const summary of await page.locator('.diagnosis summary').all()) await summary.click();
    },
  };
}
