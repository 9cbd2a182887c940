// Our Vercel client and answers that the stand-in does not give: published samples, and forms that the documents allow.
import { describe, expect, it } from 'vitest';
import { makeVercel } from '../../main/providers/vercel.ts';
import type { VercelClient } from '../../main/providers/vercel-model.ts';
import { json, startStandIn } from '../../simulator/http.ts';
import { refusedBy } from '../support/provider-error.ts';
import { sample, samplesAbsent } from './ask.ts';

const { signal } = new AbortController();

function clientOf(apiUrl: string): VercelClient {
  return makeVercel({ apiUrl, teamId: 'team_1', project: 'web', token: async () => 'canary-token-1' });
}

describe('a variable that the list does not decrypt', () => {
  it('is read on its own, and left unknown where the token may not', async () => {
    const row = (id: string, more: object): object => ({
      id,
      key: id,
      type: 'encrypted',
      target: 'production',
      value: 'eyJ2',
      ...more,
    });
    const other = await startStandIn(({ path }) => {
      const url = new URL(path, 'http://x');
      if (url.pathname.endsWith('/env'))
        return json(200, { envs: [row('a', { decrypted: false }), row('b', {}), { odd: true }] });
      return url.pathname.endsWith('/a')
        ? json(200, row('a', { value: 'https://a.example' }))
        : json(403, { error: { code: 'forbidden', message: 'No' } });
    });
    const rows = await clientOf(other.url).env(signal);
    expect(rows.map(({ id, value, target }) => [id, value, target])).toEqual([
      ['a', 'https://a.example', ['production']],
      ['b', null, ['production']],
    ]);
    expect(other.received[1]?.path).toBe('/v1/projects/web/env/a?teamId=team_1');
    await other.stop();
  });
});

describe.skipIf(samplesAbsent)('a published sample', () => {
  async function answering<T>(name: string, status: number, ask: (url: string) => Promise<T>): Promise<T> {
    const other = await startStandIn(() => json(status, sample(`vercel/${name}.json`)));
    try {
      return await ask(other.url);
    } finally {
      await other.stop();
    }
  }
  const reading = <T>(name: string, status: number, read: (vercel: VercelClient) => Promise<T>): Promise<T> =>
    answering(name, status, (url) => read(clientOf(url)));

  it('is understood', async () => {
    const deployment = (name: string) => reading(name, 200, (vercel) => vercel.deployment('x', signal));
    expect(await deployment('deployment-ready-promoted')).toMatchObject({
      readyState: 'READY',
      readySubstate: 'PROMOTED',
      aliasAssigned: true,
    });
    expect(await deployment('deployment-ready-staged')).toMatchObject({ readySubstate: 'STAGED', aliasAssigned: false });
    expect(await deployment('deployment-building')).toMatchObject({ readyState: 'BUILDING' });
    expect(await deployment('deployment-error')).toMatchObject({ readyState: 'ERROR', errorMessage: expect.stringMatching(/./) });
    const project = await reading('project-lastAliasRequest-inprogress', 200, (vercel) => vercel.project(signal));
    expect(project.lastAliasRequest?.jobStatus).toBe('in-progress');
    expect((await reading('env-list', 200, (vercel) => vercel.env(signal))).length).toBeGreaterThan(0);
    expect(await reading('env-patch-200', 200, (vercel) => vercel.editEnv('x', 'v', signal))).toMatchObject({ value: 'v' });
    const promote = (url: string): Promise<string> =>
      // By id, because the sample is no answer to the look-up of a name.
      makeVercel({ apiUrl: url, teamId: null, project: 'prj_1', token: async () => 'canary-token-1' }).promote('dpl_1', signal);
    expect(await answering('error-409-already-current', 409, promote)).toBe('current');
    expect(
      await refusedBy(
        reading('error-429', 429, (vercel) => vercel.cancel('x', signal)),
        'canary',
      ),
    ).toMatchObject({
      code: 'provider-rate-limited',
    });
  });
});
