// Run by stopping.test.ts as a process of its own: starts every provider stand-in, leaves each in the middle of something that
// takes an hour, stops them, and then does nothing more. Whatever is left behind keeps the process from ending.
import { startRender } from '../../../simulator/render.ts';
import { startStatuspage } from '../../../simulator/statuspage-management.ts';
import { startSupabase } from '../../../simulator/supabase.ts';
import { startVercel } from '../../../simulator/vercel.ts';

const hour = 3_600_000;
const forget = process.argv[2] === 'forget';

function post(url: string, authorization: string, body: object): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/json', connection: 'close' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

const vercel = await startVercel({
  token: 't',
  projectName: 'web',
  timing: { queuedMs: 0, initializingMs: 0, aliasMs: hour, propagationMs: hour },
  // Builds until it is told to stop, and only then: stopping has to tell it.
  build: (env, _deployment, signal) =>
    env.SLOW === undefined
      ? Promise.resolve({ directory: '/built' })
      : new Promise((_resolve, reject) => {
          const working = setInterval(() => undefined, 1_000);
          signal.addEventListener('abort', () => {
            clearInterval(working);
            reject(signal.reason);
          });
        }),
});
const service = { id: 'srv-1', name: 'api', region: 'frankfurt', url: 'http://127.0.0.1' } as const;
const render = await startRender({ token: 't', services: [service], deployMs: hour });
const [supabase, statuspage] = await Promise.all([startSupabase({ token: 't' }), startStatuspage({ token: 't' })]);

await vercel.seed({ env: {}, commit: 'a' });
vercel.addEnv({ key: 'SLOW', value: '1' });
vercel.push('b');
vercel.push('c');
const answers = await Promise.all([
  post(vercel.deployHook, '', {}),
  post(`${render.url}/v1/services/srv-1/deploys`, 'Bearer t', {}),
  post(`${statuspage.url}/v1/pages/simulatedpage/incidents`, 'OAuth t', { incident: { name: 'x' } }),
]);
console.info(answers.map((one) => one.status).join(' '));
if (!forget) await Promise.all([vercel, render, supabase, statuspage].map((one) => one.stop()));
console.info(vercel.deployments.map((one) => one.readyState).join(' '));
