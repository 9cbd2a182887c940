import { describe, expect, it } from 'vitest';
import { incident as incidentSchema } from '../../../shared/incident.ts';
import { sampleIncident } from '../ipc/samples.ts';
import { fakeBook, now, signalbox } from './harness.ts';

const open = sampleIncident();
const over = sampleIncident({ id: 'inc-20260101-000000', state: 'resolved', resolvedAt: open.openedAt, title: 'Old one' });
const services = (incidents = [over, open]) => {
  const book = fakeBook(incidents);
  return { book, services: { openBook: async () => book } };
};

describe('incidents', () => {
  it('lists them with the running duration of an open one', async () => {
    const answer = await signalbox(['incidents', '--json'], services());
    const list = incidentSchema.array().parse(answer.json());
    expect(list.map(({ id }) => id)).toEqual([over.id, open.id]);
    expect(list[1]?.durationMs).toBe(now - Date.parse(open.openedAt));
    expect(list[0]?.durationMs).toBe(over.durationMs);
  });

  it('lists for people, and says when there are none', async () => {
    expect((await signalbox(['incidents'], services())).stdout).toMatch(/^● resolved {2}inc-20260101-000000 .*Old one$/m);
    expect((await signalbox(['incidents'], services([]))).stdout).toBe('No incidents so far.\n');
  });

  it.each(['0', '1.5', 'many', '1001'])('refuses --limit %s', async (limit) => {
    expect((await signalbox(['incidents', '--limit', limit], services())).code).toBe(2);
  });
});

describe('incident show', () => {
  it('prints the incident', async () => {
    const { book, services: given } = services();
    const answer = await signalbox(['incident', 'show', open.id, '--json'], { services: given });
    expect(incidentSchema.parse(answer.json())).toMatchObject({ id: open.id, timeline: open.timeline });
    expect(book.closed).toBe(1);
  });

  it('prints the timeline for people, as plain text', async () => {
    const hostile = sampleIncident({ timeline: [{ at: open.openedAt, kind: 'provider', text: '\u001b]0;pwned\u0007 said so' }] });
    const { stdout } = await signalbox(['incident', 'show', hostile.id], services([hostile]));
    expect(stdout).toContain('provider  said so');
    expect(stdout).not.toContain('\u001b');
  });

  it.each(['inc-20990101-000000', 'nonsense', '../../etc/passwd'])('ends with 2 for %s', async (id) => {
    const answer = await signalbox(['incident', 'show', id, '--json'], services());
    expect(answer).toMatchObject({ code: 2 });
    expect(answer.json()).toMatchObject({ error: { code: 'unknown-incident' } });
  });
});

describe('incident note and ack', () => {
  it('are carried out here when no engine runs', async () => {
    const { book, services: given } = services();
    const applyWishes = async () => void book.done.add(1);
    const answer = await signalbox(['incident', 'note', ' Called support ', '--json'], { services: { ...given, applyWishes } });
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(book.wishes).toEqual([{ type: 'note', incidentId: open.id, text: 'Called support' }]);
    expect(incidentSchema.parse(answer.json()).id).toBe(open.id);
  });

  it('wait for the running engine', async () => {
    const { book, services: given } = services();
    let asked = 0;
    book.wishDone = () => {
      asked += 1;
      return asked > 3;
    };
    const running = async () => ({ pid: 1, url: null });
    const applyWishes = () => Promise.reject(new Error('must not be called'));
    const answer = await signalbox(['incident', 'ack'], { services: { ...given, running, applyWishes } });
    expect(answer).toMatchObject({ code: 0, stderr: '', stdout: `Acknowledged: ${open.id} (${open.title}).\n` });
    expect(book.wishes).toEqual([{ type: 'acknowledge', incidentId: open.id }]);
    expect(asked).toBeGreaterThan(3);
  });

  it('go to the named incident, notes to a resolved one too', async () => {
    const { book, services: given } = services();
    const applyWishes = async () => void book.done.add(1);
    await signalbox(['incident', 'note', 'Cause found', '--id', over.id], { services: { ...given, applyWishes } });
    expect(book.wishes).toEqual([{ type: 'note', incidentId: over.id, text: 'Cause found' }]);
  });

  it.each([
    [['incident', 'ack'], 'no-open-incident', 1],
    [['incident', 'note', 'x'], 'no-open-incident', 1],
    [['incident', 'ack', '--id', over.id], 'incident-resolved', 1],
    [['incident', 'note', 'x', '--id', 'inc-20990101-000000'], 'unknown-incident', 2],
    [['incident', 'note', '  ', '--id', over.id], 'note-unfit', 2],
    [['incident', 'note', 'x'.repeat(2_001), '--id', over.id], 'note-unfit', 2],
  ] as const)('%j is refused as %s with %i', async (argv, code, exit) => {
    const { book, services: given } = services([over]);
    const answer = await signalbox([...argv, '--json'], { services: given });
    expect(answer.code).toBe(exit);
    expect(answer.json()).toMatchObject({ error: { code } });
    expect(book.wishes).toEqual([]);
  });
});
