import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decryptFile, encryptFile, parseRecipients } from '../../../main/actions/dump-encryption.ts';

const run = promisify(execFile);
const isHere = await run('age', ['--version']).then(
  () => true,
  () => false,
);
if (!isHere) console.warn('The program "age" is not on this machine: that it reads our files, and we its, is not tested.');

let folder: string;
let identity: string;
let recipient: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-age-'));
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const free = new AbortController().signal;
const hash = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('the recipients of dumps', () => {
  it('are one key or several, with commas, blanks and line breaks between', async () => {
    const other = await identityToRecipient(await generateHybridIdentity());
    expect(parseRecipients(` ${recipient}`)).toEqual([recipient]);
    expect(parseRecipients(`${recipient}, ${other}\n${recipient}`)).toEqual([recipient, other]);
  });

  it('are read from a file with comments', async () => {
    await writeFile(at('keys'), `# mine, 2026\n${recipient}\n\n`);
    expect(parseRecipients(at('keys'))).toEqual([recipient]);
  });

  it.each([
    ['nothing', '  ', 'no key'],
    ['a word', 'alice', '"alice" is not'],
    ['a key with a slip in it', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q', 'is not an age public key'],
    ['an SSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@home', 'SSH keys are not supported'],
    ['a file that is not there', '/nowhere/keys', 'cannot be read'],
    ['a relative path', './keys', 'must be absolute'],
  ])('are refused for %s', (_what, text, words) => {
    expect(() => parseRecipients(text)).toThrow(words);
  });

  it('are refused for a secret key, without repeating it', () => {
    const refuse = (): unknown => parseRecipients(identity);
    expect(refuse).toThrow(/secret key/);
    expect(refuse).not.toThrow(new RegExp(identity.slice(20, 40)));
  });
});

describe('encryption', () => {
  it.each([0, 1, 65_536, 65_537, 3_000_000])('of %i bytes comes back the same', async (size) => {
    await writeFile(at('plain'), randomBytes(size));
    const seen: number[] = [];
    await encryptFile(at('plain'), at('locked'), [recipient], { signal: free, onProgress: (done) => void seen.push(done) });
    expect((await stat(at('locked'))).mode & 0o777).toBe(0o600);
    expect((await readFile(at('locked'))).subarray(0, 22).toString()).toBe('age-encryption.org/v1\n');
    await decryptFile(at('locked'), at('again'), identity, { signal: free });
    expect(await hash(at('again'))).toBe(await hash(at('plain')));
    expect(seen.at(-1) ?? 0).toBe(size);
  });

  it('is opened by each recipient, also out of a key file, and by nobody else', async () => {
    const second = await generateIdentity();
    await writeFile(at('plain'), 'rows');
    await encryptFile(at('plain'), at('locked'), [recipient, await identityToRecipient(second)], { signal: free });
    await decryptFile(at('locked'), at('one'), identity, { signal: free });
    await decryptFile(at('locked'), at('two'), `# created: 2026\n# public key: …\n${second}\n`, { signal: free });
    expect(await readFile(at('two'), 'utf8')).toBe('rows');
    const stranger = decryptFile(at('locked'), at('three'), await generateIdentity(), { signal: free });
    await expect(stranger).rejects.toMatchObject({ code: 'cannot-decrypt', message: 'The dump is encrypted to another key.' });
    await expect(decryptFile(at('locked'), at('four'), 'AGE-SECRET-KEY-1NONSENSE', { signal: free })).rejects.toMatchObject({
      code: 'bad-identity',
    });
  });

  it('notices a file that was altered, cut short, or is none', async () => {
    await writeFile(at('plain'), randomBytes(200_000));
    await encryptFile(at('plain'), at('locked'), [recipient], { signal: free });
    const whole = await readFile(at('locked'));
    whole[150_000] = (whole[150_000] ?? 0) ^ 1;
    await writeFile(at('altered'), whole);
    await expect(decryptFile(at('altered'), at('a'), identity, { signal: free })).rejects.toThrow();
    await writeFile(at('short'), whole.subarray(0, 65_736 + 64));
    await expect(decryptFile(at('short'), at('b'), identity, { signal: free })).rejects.toThrow();
    await writeFile(at('other'), 'PGDMP');
    await expect(decryptFile(at('other'), at('c'), identity, { signal: free })).rejects.toMatchObject({ code: 'cannot-decrypt' });
  });

  it('stops when it is told to', async () => {
    await writeFile(at('plain'), randomBytes(3_000_000));
    const stop = new AbortController();
    const work = encryptFile(at('plain'), at('locked'), [recipient], {
      signal: stop.signal,
      onProgress: (done) => done > 1_000_000 && stop.abort(new Error('enough')),
    });
    await expect(work).rejects.toThrow('enough');
    expect((await stat(at('locked'))).size).toBeLessThan(2_000_000);
  });

  it('never writes over a file', async () => {
    await writeFile(at('plain'), 'rows');
    await writeFile(at('locked'), 'precious');
    await expect(encryptFile(at('plain'), at('locked'), [recipient], { signal: free })).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(at('locked'), 'utf8')).toBe('precious');
  });
});

describe.skipIf(!isHere)('the standard tool', () => {
  it('reads what we wrote, and we read what it wrote', async () => {
    await run('age-keygen', ['-o', at('key.txt')]);
    const keys = await readFile(at('key.txt'), 'utf8');
    const theirs = /public key: (age1\S+)/.exec(keys)?.[1] ?? '';
    await writeFile(at('plain'), randomBytes(500_000));
    await encryptFile(at('plain'), at('ours.age'), parseRecipients(theirs), { signal: free });
    await run('age', ['--decrypt', '--identity', at('key.txt'), '--output', at('by-them'), at('ours.age')]);
    expect(await hash(at('by-them'))).toBe(await hash(at('plain')));

    await run('age', ['--recipient', theirs, '--output', at('theirs.age'), at('plain')]);
    await decryptFile(at('theirs.age'), at('by-us'), keys, { signal: free });
    expect(await hash(at('by-us'))).toBe(await hash(at('plain')));
  });
});
