// A DNS server on a free UDP port of 127.0.0.1 that knows the names its owner gives it.
import { createSocket } from 'node:dgram';
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode } from 'dns-packet';

export type DnsServer = {
  readonly port: number;
  /** As a `resolver` setting: `127.0.0.1:PORT`. */
  readonly address: string;
  /** Questions heard so far, such as `A www.example.test`. */
  readonly questions: readonly string[];
  close(): Promise<void>;
};

/** `silent` drops questions; `servfail` and `refused` answer with those codes. */
export type Zone = {
  readonly answers?: readonly Answer[];
  readonly mood?: 'servfail' | 'refused' | 'silent';
};

const codes = { servfail: 2, nxdomain: 3, refused: 5 } as const;

export function serveDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (message, from) => {
    const query = decode(message);
    const question = query.questions?.[0];
    if (!question || zone.mood === 'silent') return;
    const name = question.name.toLowerCase();
    questions.push(`${question.type} ${name}`);
    const records = (zone.answers ?? []).filter((one) => one.name.toLowerCase() === name);
    const answers = records.filter((one) => one.type === question.type);
    const code = zone.mood ? codes[zone.mood] : records.length === 0 ? codes.nxdomain : 0;
    const reply = encode({
      type: 'response',
      id: query.id ?? 0,
      flags: AUTHORITATIVE_ANSWER | code,
      questions: [question],
      answers,
    });
    socket.send(reply, from.port, from.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      resolve({ port, address: `127.0.0.1:${port}`, questions, close: () => new Promise((done) => socket.close(() => done())) });
    });
  });
}
