// One VS Code server (code-server) on a free port, with its own settings, home and logs; ended with all it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { codeServerPath, nodePath } from '../install.mjs';
import { until } from './eventually.ts';

export interface ServerOptions {
  /** A temporary folder that belongs to this server. */
  readonly home: string;
  readonly extensions: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** False leaves workspace trust on, and the folder untrusted. */
  readonly trust: boolean;
}

export interface Server {
  readonly url: string;
  readonly settingsFile: string;
  readonly logsFolder: string;
  readonly outputFile: string;
  stop(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { home } = options;
  const user = path.join(home, 'user');
  const settingsFile = path.join(user, 'User/settings.json');
  const config = path.join(home, 'config.yaml');
  const outputFile = path.join(home, 'server.log');
  await mkdir(path.dirname(settingsFile), { recursive: true });
  await writeFile(settingsFile, JSON.stringify(options.settings, null, 2));
  await writeFile(config, '');
  const port = await freePort();
  const log = openSync(outputFile, 'a');
  const child = spawn(
    nodePath,
    [
      codeServerPath,
      ...['--user-data-dir', user, '--extensions-dir', options.extensions, '--config', config],
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...(options.trust ? ['--disable-workspace-trust'] : []),
    ],
    { detached: true, stdio: ['ignore', log, log], env: environment(options) },
  );
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  const end = () => endEverything(child, home);
  process.once('exit', end);
  process.once('SIGTERM', leave);
  try {
    await until(() => answers(child, `${url}/healthz`, outputFile), 'VS Code server to answer');
  } catch (error) {
    end();
    throw error;
  }
  return {
    url,
    settingsFile,
    outputFile,
    logsFolder: path.join(user, 'logs'),
    stop: async () => {
      end();
      process.off('exit', end);
      process.off('SIGTERM', leave);
      await until(() => child.exitCode !== null || child.signalCode !== null, 'VS Code server to end');
    },
  };
}

/** Ended by the test runner's time limit: the listeners for `exit` still run. */
const leave = () => process.exit(143);

function environment({ home, env }: ServerOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    HF_HOME: path.join(home, 'huggingface'),
    CLOZE_HOME: path.join(home, 'cloze'),
    ...env,
    // Marks everything that descends from this server: a training run outlives it and has its own process group.
    CLOZE_E2E_HOME: home,
  };
}

async function answers(child: ChildProcess, url: string, outputFile: string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`VS Code server ended:\n${await readFile(outputFile, 'utf8')}`);
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** Ends the server's process group and every process that carries its mark, training runs too. */
function endEverything(child: ChildProcess, home: string): void {
  if (child.pid !== undefined) kill(-child.pid);
  for (const pid of descendants(home)) kill(pid);
}

/** Process ids of what was started under `home`'s server and still runs. */
export function descendants(home: string): number[] {
  const mark = `CLOZE_E2E_HOME=${home}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
