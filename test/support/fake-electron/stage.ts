// What an end-to-end test of the tray app stands on: a real HTTP server that can be stopped, a settings file that watches
// it, and a desktop whose notifications land in a file.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export class Stage {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'signalbox-e2e-'));
  readonly data: string = join(this.folder, 'data');
  readonly settings: string = join(this.folder, 'settings.json');
  #server: Server | null = null;
  #port = 0;

  /** A running server and a settings file with one monitor, `api`, checked every second. */
  static async set(): Promise<Stage> {
    const stage = new Stage();
    await stage.startServer();
    stage.#putNotifySend();
    const url = `http://127.0.0.1:${stage.#port}/`;
    const timing = { interval: '1s', retryInterval: '200ms', timeout: '2s' };
    stage.writeSettings({
      app: { name: 'Nine Panels' },
      monitors: [{ id: 'api', name: 'API (Frankfurt)', kind: 'http', role: 'api-primary', url, ...timing }],
      connectivity: { probes: [] },
    });
    return stage;
  }

  /** The arguments that point the app here. */
  get args(): string[] {
    return ['--config', this.settings, '--data', this.data];
  }

  /** The user's environment: nothing of the machine's own settings, and our notify-send before any other. */
  get env(): NodeJS.ProcessEnv {
    const home = join(this.folder, 'home');
    const path = `${join(this.folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
    return { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), APPDATA: home, PATH: path };
  }

  writeSettings(settings: object): void {
    writeFileSync(this.settings, JSON.stringify(settings, null, 2));
  }

  async startServer(): Promise<void> {
    const server = createServer((_request, response) => response.end('{"data":{"branch":"main"}}'));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    await promise;
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stopServer(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Everything that notify-send was asked to show, one line for each notification. */
  notifications(): string[] {
    const file = join(this.folder, 'notifications');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServer();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** node-notifier runs the program of this name on Linux; this one notes what it was given. */
  #putNotifySend(): void {
    const bin = join(this.folder, 'bin');
    mkdirSync(bin);
    const program = join(bin, 'notify-send');
    writeFileSync(
      program,
      `#!/bin/sh\nprintf '%s ' "$@" | tr '\\n' ' ' >> '${this.folder}/notifications'\necho >> '${this.folder}/notifications'\n`,
    );
    chmodSync(program, 0o755);
  }
}
