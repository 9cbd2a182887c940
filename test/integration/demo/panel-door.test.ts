// Who may look at the panel and switch anything: the page that was opened with the token, and nobody else.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPanel, type Panel } from '../../../simulator/panel/server.ts';
import { makeStory } from '../../../simulator/story.ts';
import { startYard, type Yard } from '../../../simulator/yard.ts';

let yard: Yard;
let panel: Panel;
let [origin, token] = ['', ''];
beforeAll(async () => {
  yard = await startYard({ fast: true, parts: ['api', 'production', 'slack', 'rollbar'] });
  panel = await openPanel({
    ...{ yard, story: makeStory(yard), windowUrl: 'http://127.0.0.1:1/#token=window', scenarios: [] },
    play: () => Promise.reject(new Error('there is nothing to play')),
  });
  const url = new URL(panel.url);
  [origin, token] = [url.origin, url.hash.replace('#token=', '')];
});
afterAll(async () => {
  await panel.close();
  await yard.stop();
});

type Ask = {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};
function ask({
  path = '/state',
  method = 'GET',
  headers = {},
  body = '',
}: Ask): Promise<{ status: number; body: string; policy: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text, policy: String(response.headers['content-security-policy']) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const breakIt = JSON.stringify({ do: 'switch', id: 'api-refuse', on: true });
const ours = () => ({ 'x-yard-token': token, origin });

describe('the panel’s server', () => {
  it('serves its page under a policy that allows its own files and the production page in a frame', async () => {
    const { status, policy, body } = await ask({ path: '/' });
    expect(status).toBe(200);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`frame-src ${yard.production.url};`);
    expect(policy).not.toContain('unsafe');
    expect(body).not.toContain(token);
  });

  it('tells its state and obeys for the page with the token', async () => {
    const { status, body } = await ask({ headers: { 'x-yard-token': token } });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ production: yard.production.url, playing: null, slack: [] });
    expect((await ask({ path: '/order', method: 'POST', headers: ours(), body: breakIt })).status).toBe(200);
    expect([...yard.switched]).toEqual(['api-refuse']);
    await yard.mend();
  });

  it.each([
    ['without the token', () => ({ headers: { origin } }), 401],
    ['with a wrong token', () => ({ headers: { origin, 'x-yard-token': `${token}x` } }), 401],
    ['from another origin', () => ({ headers: { ...ours(), origin: 'http://evil.example' } }), 403],
    ['without an origin', () => ({ headers: { 'x-yard-token': token } }), 403],
    ['by another name', () => ({ headers: { ...ours(), host: 'evil.example' } }), 403],
    ['with an order that there is not', () => ({ headers: ours(), body: '{"do":"format"}' }), 400],
    ['with more than an order', () => ({ headers: ours(), body: 'x'.repeat(5_000) }), 400],
    ['as a PUT', () => ({ headers: ours(), method: 'PUT' }), 405],
  ])('does nothing when it is asked %s', async (_how, make, status) => {
    const answer = await ask({ path: '/order', method: 'POST', body: breakIt, ...make() });
    expect(answer.status).toBe(status);
    expect([...yard.switched]).toEqual([]);
  });

  it('has no other files', async () => {
    for (const path of ['/../server.ts', '/page/index.html', '/toString', '/%2e%2e/control.ts']) {
      expect((await ask({ path })).status).toBe(404);
    }
  });
});
