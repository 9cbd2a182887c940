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
    stage.#putPrograms();
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

  /** Writes the settings anew, changed. */
  change(change: (settings: Record<string, unknown>) => object): void {
    this.writeSettings(change(JSON.parse(readFileSync(this.settings, 'utf8'))));
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

  /** From now on a person clicks every notification as it appears. Only macOS's and Windows' notifiers tell of that with
   *  this word; Linux's says nothing, and here it borrows theirs. */
  clickNotifications(): void {
    writeFileSync(join(this.folder, 'clicks'), 'activate');
  }

  /** Takes the panel's tray away, as GNOME has none, for apps started from now on. */
  hideTrays(): void {
    this.#put('dbus-send', 'echo "   boolean false"');
  }

  /** node-notifier runs a program of this name on Linux; this one notes what it was given. The other answers for the session
   *  bus that the desktop shows trays. */
  #putPrograms(): void {
    mkdirSync(join(this.folder, 'bin'));
    const { folder } = this;
    const note = `printf '%s ' "$@" | tr '\\n' ' ' >> '${folder}/notifications'\necho >> '${folder}/notifications'`;
    this.#put('notify-send', `${note}\n[ -f '${folder}/clicks' ] && cat '${folder}/clicks'\nexit 0`);
    this.#put('dbus-send', 'echo "   boolean true"');
  }

  #put(name: string, script: string): void {
    const program = join(this.folder, 'bin', name);
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }
}
