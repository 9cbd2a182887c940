// Who may talk to the loopback window (SECURITY S-44): the right Host and Origin (DNS rebinding), a token that only this
// user was shown, then a session cookie. Decides over plain values; knows no sockets.
import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Wrong tokens before the door stays shut, and for how long; guessing 256 bits is hopeless, this makes it visible too. */
const mostBadTokens = 20;
const shutMs = 60_000;
/** A ticket is for handing to a browser: used once, soon. */
const ticketMs = 60_000;

export type Admission =
  | { readonly kind: 'welcome'; readonly cookie: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'shut'; readonly retryAfterS: number };

export type Doorkeeper = {
  /** Shown to the user once, in the address; good as long as the server runs. */
  readonly token: string;
  /** A token that works once within a minute. It may pass through a browser's command line, where others can read it. */
  ticket(): string;
  /** Whether the request was sent to us by name: loopback names with our port, nothing else. */
  isOurHost(host: string | undefined): boolean;
  /** Whether the sender may be one of our pages. Browsers leave `Origin` out of plain navigation, hence only for reading. */
  isOurOrigin(host: string | undefined, origin: string | undefined, isWrite: boolean): boolean;
  /** Exchanges a token for the session cookie. */
  admit(token: string | undefined): Admission;
  /** Whether the `Cookie` header carries the session. */
  knows(cookies: string | undefined): boolean;
};

/** The door of one server on `port`. `now` is monotonic milliseconds. */
export function makeDoorkeeper(port: number, now: () => number): Doorkeeper {
  const token = secret();
  const session = secret();
  // Cookies do not tell ports apart: the port in the name keeps the windows of two data folders from signing each other out.
  const cookieName = `signalbox-${port}`;
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const tickets = new Map<string, number>();
  let bad = 0;
  let shutUntil = 0;

  const takeTicket = (offered: string): boolean => {
    for (const [ticket, until] of tickets) {
      if (until < now()) tickets.delete(ticket);
      else if (isSame(offered, ticket)) return tickets.delete(ticket);
    }
    return false;
  };

  return {
    token,
    ticket() {
      const ticket = secret();
      tickets.set(ticket, now() + ticketMs);
      return ticket;
    },
    isOurHost: (host) => host !== undefined && hosts.has(host.toLowerCase()),
    isOurOrigin: (host, origin, isWrite) => (origin === undefined ? !isWrite : origin === `http://${host?.toLowerCase()}`),
    admit(offered) {
      const rest = shutUntil - now();
      if (rest > 0) return { kind: 'shut', retryAfterS: Math.ceil(rest / 1_000) };
      if (offered !== undefined && (isSame(offered, token) || takeTicket(offered))) {
        bad = 0;
        return { kind: 'welcome', cookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/` };
      }
      bad += 1;
      if (bad >= mostBadTokens) {
        bad = 0;
        shutUntil = now() + shutMs;
      }
      return { kind: 'refused' };
    },
    knows(cookies) {
      for (const part of (cookies ?? '').split(';')) {
        const [name, value] = part.trim().split('=', 2);
        if (name === cookieName && value !== undefined && isSame(value, session)) return true;
      }
      return false;
    },
  };
}

/** 256 random bits. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares without telling by its duration how much was right. */
function isSame(offered: string, kept: string): boolean {
  const [a, b] = [Buffer.from(offered), Buffer.from(kept)];
  return a.length === b.length && timingSafeEqual(a, b);
}
