import { describe, expect, it } from 'vitest';
import type { Services } from '../../../main/cli/services.ts';
import type { ConnectionComparison, ConnectionReport } from '../../../shared/doctor.ts';
import { signalbox } from './harness.ts';

const canary = 'kX9canaryQ7';
const pasted = `postgres://app:${canary}@db.example.com`;
const found: ConnectionReport = {
  findings: [
    { id: 'no-database', level: 'bad', message: 'It names no database.', next: 'Add /postgres.', corrected: '/postgres' },
    { id: 'read-as', level: 'ok', message: 'Read as user app.', next: null },
  ],
  corrected: 'postgres://app:[password]@db.example.com:5432/postgres',
};

function asking(answer: ConnectionReport = found) {
  const asked: unknown[] = [];
  const services: Partial<Services> = {
    examineConnection: async (_place, question, options) => {
      asked.push([question, options]);
      return answer;
    },
  };
  return { asked, services };
}

describe('doctor <secret-name>', () => {
  it('tells the findings and the corrected URL, and ends with 1 when something is bad', async () => {
    const { asked, services } = asking();
    const { code, stdout } = await signalbox(['doctor', 'database-url'], { services });
    expect(code).toBe(1);
    expect(asked).toEqual([[{ secret: 'database-url' }, {}]]);
    expect(stdout.split('\n')).toEqual([
      ...['■ bad   It names no database.', '        Add /postgres.', '● ok    Read as user app.', ''],
      ...['Corrected, with your password in place of [password]:', `  ${found.corrected}`, ''],
    ]);
  });

  it('ends with 0 when nothing is', async () => {
    const { services } = asking({ findings: found.findings.slice(1), corrected: null });
    expect(await signalbox(['doctor', 'database-url'], { services })).toMatchObject({
      code: 0,
      stdout: '● ok    Read as user app.\n',
    });
  });

  it('prints the report as JSON', async () => {
    const answer = await signalbox(['doctor', 'database-url', '--json'], asking());
    expect(answer.json()).toEqual(found);
  });

  it.each([
    ['psycopg2', { driver: 'psycopg2' }],
    ['none', { driver: null }],
  ])('passes on the driver %s', async (driver, options) => {
    const { asked, services } = asking();
    await signalbox(['doctor', 'database-url', '--driver', driver], { services });
    expect(asked).toEqual([[{ secret: 'database-url' }, options]]);
  });
});

describe('doctor --stdin', () => {
  it('examines what is piped in', async () => {
    const { asked, services } = asking();
    const { code, stdout, stderr } = await signalbox(['doctor', '--stdin'], { services, stdin: `${pasted}\n` });
    expect(code).toBe(1);
    expect(asked).toEqual([[{ text: pasted }, {}]]);
    expect(stdout + stderr).not.toContain(canary);
  });

  it('does not show what is typed', async () => {
    const { asked, services } = asking();
    const { stdout, stderr } = await signalbox(['doctor', '--stdin'], { services, typed: `${pasted}\r`, terminal: true });
    expect(asked).toEqual([[{ text: pasted }, {}]]);
    expect(stdout + stderr).not.toContain(canary);
  });

  it.each(['', `${'x'.repeat(2_001)}`])('refuses nothing at all and far too much', async (stdin) => {
    const { asked, services } = asking();
    const { code, stdout, stderr } = await signalbox(['doctor', '--stdin'], { services, stdin });
    expect({ code, stdout, asked }).toEqual({ code: 2, stdout: '', asked: [] });
    expect(stderr).toMatch(/Nothing came in|longer than any/);
  });
});

describe('a connection string on the command line', () => {
  it.each([
    [['doctor', pasted]],
    [['doctor', pasted, '--json']],
    [['doctor', '--compare', pasted, 'database-url']],
    [['doctor', '--compare', 'database-url', pasted]],
    [['doctor', 'database-url', pasted]],
    [['doctor', '--stdin', pasted]],
    [['doctor', `DATABASE_URL=${pasted}`]],
    [['doctor', 'database-url', '--driver', pasted]],
  ])('is refused and not repeated: case %#', async (argv) => {
    const { asked, services } = asking();
    const { code, stdout, stderr } = await signalbox(argv, { services });
    expect(code).toBe(2);
    expect(asked).toEqual([]);
    expect(stdout + stderr).not.toContain(canary);
    expect(stdout + stderr).not.toContain('db.example.com');
  });

  it('is answered with the way that is safe', async () => {
    const answer = await signalbox(['doctor', pasted, '--json'], asking());
    expect(answer.json()).toMatchObject({ error: { code: 'secret-in-arguments', next: expect.stringContaining('--stdin') } });
  });
});

describe('doctor --compare', () => {
  const answer: ConnectionComparison = {
    differences: [
      { what: 'host', a: 'db.a.supabase.co', b: 'aws-0.pooler.supabase.com', meaning: null },
      { what: 'database', a: null, b: 'postgres', meaning: null },
      { what: 'password', a: null, b: null, meaning: 'Two accounts, and the same password.' },
    ],
    same: ['sslmode'],
    problems: [
      { secret: 'staging-url', finding: { id: 'no-database', level: 'bad', message: 'It names no database.', next: null } },
    ],
  };
  const services: Partial<Services> = { compareConnections: async () => answer };

  it('tells differences, what is alike and what is wrong', async () => {
    const { code, stdout } = await signalbox(['doctor', '--compare', 'staging-url', 'database-url'], { services });
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/staging-url +database-url/);
    expect(lines[1]).toMatch(/^host +db\.a\.supabase\.co +aws-0\.pooler\.supabase\.com/);
    expect(lines[2]).toMatch(/^database +not said +postgres/);
    expect(lines).toContain('password: Two accounts, and the same password.');
    expect(lines).toContain('Alike: sslmode.');
    expect(lines).toContain('■ bad   staging-url: It names no database.');
  });

  it('prints JSON', async () => {
    const result = await signalbox(['doctor', '--json', '--compare', 'staging-url', 'database-url'], { services });
    expect(result.json()).toEqual({ a: 'staging-url', b: 'database-url', ...answer });
  });

  it('says that nothing differs', async () => {
    const { code, stdout } = await signalbox(['doctor', '--compare', 'a', 'b']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No meaningful difference.\n' });
  });

  it.each([
    [['doctor', '--compare', 'one']],
    [['doctor', '--compare', 'one', 'two', 'three']],
    [['doctor', 'one', '--compare', 'two', 'three']],
    [['doctor', 'one', '--stdin']],
    [['doctor', '--driver', 'psycopg2']],
    [['doctor', '--compare', 'one', 'two', '--driver', 'psycopg2']],
  ])('does not take %j', async (argv) => {
    const result = await signalbox([...argv, '--json']);
    expect(result.code).toBe(2);
    expect(result.json()).toMatchObject({ error: { code: 'usage' } });
  });
});
