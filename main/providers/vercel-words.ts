// What to do when Vercel says no, in sentences (providers/README sections 1.1 and 1.4).
import { stepUp } from './call-answer.ts';
import { type Refusal, waitInWords } from './call-error.ts';

type Advice = { readonly message?: string; readonly next: string };

const newToken = 'Make a new token in Vercel (Account Settings, Tokens) and store it with `signalbox secret set vercel-token`.';

export function vercelAdvice(refusal: Refusal): Advice | null {
  const { code, status, providerCode, retryAfterMs } = refusal;
  if (providerCode !== null && stepUp.test(providerCode))
    return {
      message: `Vercel wants to know once more who owns the token: it needs re-authentication (${providerCode}).`,
      next: newToken,
    };
  if (providerCode === 'builds_rate_limited')
    return { message: buildsUsedUp(retryAfterMs), next: 'Promote a deployment that exists already, or wait.' };
  if (status === 402)
    return {
      message: `Vercel wants to be paid before it does that (402${refusal.said ? `: “${refusal.said}”` : ''}).`,
      next: 'Look at Usage and Billing in the Vercel dashboard.',
    };
  return known[code] ?? null;
}

const known: Partial<Record<Refusal['code'], Advice>> = {
  'provider-auth': { next: `It has expired or was revoked, or it was copied in part. ${newToken}` },
  'provider-forbidden': {
    next: 'Check that the token may change this project, and that `providers.vercel.teamId` in the settings names the team which owns it (null for a personal account).',
  },
  'provider-not-found': {
    next: 'Check `project` and `teamId` under `providers.vercel` and the ids in the settings: Vercel also says this of what another team owns.',
  },
  'provider-conflict': {
    next: 'Something else is changing the project. Look at it in the Vercel dashboard, wait until it has ended, then try again.',
  },
};

function buildsUsedUp(retryAfterMs: number | null): string {
  const until = retryAfterMs === null ? '' : ` for another ${waitInWords(retryAfterMs)}`;
  return `Vercel makes no more deployments${until}: the plan’s number of builds is used up (builds_rate_limited).`;
}
