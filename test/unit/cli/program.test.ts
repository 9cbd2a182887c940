import { describe, expect, it } from 'vitest';
import type { Place } from '../../../main/cli/services.ts';
import { FaultError } from '../../../shared/fault.ts';
import { sampleSnapshot } from '../ipc/samples.ts';
import { signalbox } from './harness.ts';

const commands = [
  ['check'],
  ['watch'],
  ['status'],
  ['banner'],
  ['banner', 'on'],
  ['banner', 'off'],
  ['banner', 'show'],
  ['traffic'],
  ['traffic', 'standby'],
  ['traffic', 'primary'],
  ['traffic', 'prepare'],
  ['traffic', 'show'],
  ['dump'],
  ['dump', 'list'],
  ['dump', 'verify'],
  ['dump', 'delete'],
  ['drill'],
  ['runs'],
  ['runs', 'show'],
  ['runs', 'resume'],
  ['runs', 'undo'],
  ['runs', 'cancel'],
  ['incidents'],
  ['incident'],
  ['incident', 'show'],
  ['incident', 'note'],
  ['incident', 'ack'],
  ['secret'],
  ['secret', 'set'],
  ['secret', 'list'],
  ['secret', 'delete'],
  ['alerts'],
  ['alerts', 'test'],
  ['doctor'],
];

describe('the command line', () => {
  it.each(commands.map((words) => [words.join(' '), words] as const))('explains %s with an example', async (_name, words) => {
    const { code, stdout } = await signalbox([...words, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: signalbox ${words.join(' ')}`);
    expect(stdout).toMatch(/Examples?:\n {2}\$ signalbox /);
    expect(stdout).toContain('--json');
  });

  it('explains itself and prints its version', async () => {
    expect((await signalbox(['--help'])).stdout).toContain('Exit codes');
    expect(await signalbox(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });

  it.each([
    ['before the command', ['--config', 'a.json', '--data', '/d', '--json', 'status']],
    ['after the command', ['status', '--config', 'a.json', '--json', '--data=/d']],
    ['on both sides', ['--json', 'status', '--data', '/d', '--config', './a.json']],
  ])('takes global options %s', async (_where, argv) => {
    const places: Place[] = [];
    const answer = await signalbox(argv, {
      services: {
        remembered: async (place) => {
          places.push(place);
          return sampleSnapshot();
        },
      },
    });
    expect(places).toEqual([{ settingsFile: '/somewhere/a.json', dataFolder: '/d' }]);
    expect(answer.json()).toMatchObject({ signal: 'green' });
  });

  it.each([
    ['an unknown command', ['statsu'], 'Unknown command', 'Did you mean status?'],
    ['an unknown option', ['check', '--verbos'], "Unknown option '--verbos'", '--help'],
    ['a missing argument', ['secret', 'set'], "Missing required argument 'name'", '--help'],
    ['a bad port', ['watch', '--port', '70000'], 'Give a port from 0 to 65535.', '--help'],
    ['a port that is no number', ['watch', '--port', '1e3'], 'Give a port', '--help'],
    ['an unknown channel', ['alerts', 'test', 'sms'], 'desktop, rollbar, slack', '--help'],
    ['an unknown subcommand', ['incident', 'shwo'], 'Unknown command', 'Did you mean show?'],
  ])('ends with 2 for %s', async (_what, argv, message, next) => {
    const people = await signalbox(argv);
    expect(people).toMatchObject({ code: 2, stdout: '' });
    expect(people.stderr).toContain(message);
    expect(people.stderr).toContain(next);
    const program = await signalbox([...argv, '--json']);
    expect(program).toMatchObject({ code: 2, stderr: '' });
    const { error } = program.json() as { readonly error: { readonly message: string; readonly next: string } };
    expect(Object.keys(error)).toEqual(['code', 'message', 'next']);
    expect(error).toMatchObject({ code: 'usage' });
    expect(error.message).toContain(message);
    expect(error.next).toContain(next);
  });

  it('shows its help on stderr and ends with 2 when no command is given', async () => {
    const people = await signalbox([]);
    expect(people).toMatchObject({ code: 2, stdout: '' });
    expect(people.stderr).toContain('Usage: signalbox');
    expect((await signalbox(['--json'])).json()).toMatchObject({ error: { code: 'usage' } });
    expect(await signalbox(['incident'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('does not repeat surplus words, one of which may be a secret', async () => {
    const { code, stdout, stderr } = await signalbox(['secret', 'set', 'rollbar-token', 'canary-value', '--json']);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('canary-value');
  });

  it('tells a fault in one sentence and a next step, with its exit code', async () => {
    const fault = new FaultError({ code: 'refused-there', message: 'The provider said no.', next: 'Ask them.', exitCode: 3 });
    const services = { remembered: () => Promise.reject(fault) };
    expect(await signalbox(['status'], { services })).toEqual(
      expect.objectContaining({ code: 3, stdout: '', stderr: 'signalbox: The provider said no.\n  Ask them.\n' }),
    );
    const program = await signalbox(['status', '--json'], { services });
    expect(program).toMatchObject({ code: 3, stderr: '' });
    expect(program.json()).toEqual({ error: { code: 'refused-there', message: 'The provider said no.', next: 'Ask them.' } });
  });

  it('keeps the token of a running window in the next step, and masks one in the message', async () => {
    const next = 'Open http://127.0.0.1:4290/#token=abcdefghijkl instead.';
    const fault = new FaultError({ code: 'already-running', message: 'token=abcdefghijkl leaked', next });
    const { stderr } = await signalbox(['status'], { services: { remembered: () => Promise.reject(fault) } });
    expect(stderr).toContain(next);
    expect(stderr).not.toContain('abcdefghijkl leaked');
  });

  it('tells a bug of ours without a stack', async () => {
    const services = { remembered: () => Promise.reject(new TypeError('x is undefined\n    at y (z.ts:1)')) };
    const { code, stderr } = await signalbox(['status'], { services });
    expect(code).toBe(2);
    expect(stderr.split('\n')).toHaveLength(3);
    expect(stderr).toContain('Signalbox failed unexpectedly: x is undefined');
  });

  it('ends with 130 when cancelled', async () => {
    const controller = new AbortController();
    const services = {
      remembered: async () => {
        controller.abort();
        throw controller.signal.reason;
      },
    };
    const { code, json } = await signalbox(['status', '--json'], { services, controller });
    expect(code).toBe(130);
    expect(json()).toMatchObject({ error: { code: 'cancelled' } });
  });
});
