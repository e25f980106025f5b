// The host's end of the engine process: started on first need, started again after a crash, ended with the host.
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { EngineContract, EngineEvents } from '../protocol/engine.ts';
import { type CallOptions, type Client, createClient, type Port, type WireError } from '../protocol/rpc.ts';
import { Lifetime, onEnd } from './lifetime.ts';

/** The part of the log channel that the engine writes to. */
export type EngineLog = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (message: string) => void>>;

type EngineConnection = Client<EngineContract, EngineEvents>;
type ProgressOf<M> = M extends { progress: infer P } ? P : never;

/** The `code` of the error that a call rejects with when the engine process ended under it. */
export const ENGINE_STOPPED = 'engine-stopped';

export class EngineClient extends Lifetime {
  readonly #path: string;
  readonly #log: EngineLog;
  #running: { readonly child: ChildProcess; readonly client: EngineConnection } | undefined;

  /** `path`: dist/engine.mjs of this installation. */
  constructor(path: string, log: EngineLog) {
    super();
    this.#path = path;
    this.#log = log;
    this.register(onEnd(() => this.#stop()));
  }

  /** Process id while an engine runs. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Asks the engine, starting it if it does not run. A crash rejects with {@link ENGINE_STOPPED}; the next call starts anew. */
  async call<K extends keyof EngineContract & string>(
    method: K,
    params: EngineContract[K]['params'],
    options?: CallOptions<ProgressOf<EngineContract[K]>>,
  ): Promise<EngineContract[K]['result']> {
    if (this.disposed) throw new Error('Cloze is shutting down.');
    this.#running ??= this.#start();
    return this.#running.client.call(method, params, options);
  }

  #start(): { child: ChildProcess; client: EngineConnection } {
    const child = fork(this.#path, [], {
      execArgv: [],
      env: cleanEnvironment(process.env),
      serialization: 'advanced',
      silent: true,
    });
    const client = createClient<EngineContract, EngineEvents>(childPort(child));
    client.on('log', ({ level, message }) => this.#log[level](`engine: ${message}`));
    forwardLines(child.stdout, (line) => this.#log.info(`engine: ${line}`));
    forwardLines(child.stderr, (line) => this.#log.warn(`engine: ${line}`));
    const ended = (how: string) => {
      if (this.#running?.child !== child) return;
      this.#running = undefined;
      this.#log.error(`engine: ended (${how}).`);
      client.close(stoppedError(how));
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => ended(signal ? `signal ${signal}` : `exit status ${code}`));
    this.#log.info(`engine: started, pid ${child.pid}.`);
    return { child, client };
  }

  #stop(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.client.close({ code: 'cancelled', message: 'Cloze is shutting down.' });
    running?.child.kill();
  }
}

/** The environment for a Node process of ours: nothing of VS Code's own, no injected options, Electron as plain Node. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('VSCODE_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

function childPort(child: ChildProcess): Port {
  return {
    post(message) {
      // a message to a process that just ended is lost on purpose: its exit rejects the call
      if (child.connected) child.send(message as object, () => {});
    },
    listen(receive) {
      child.on('message', receive);
      return () => child.off('message', receive);
    },
  };
}

function stoppedError(how: string): WireError {
  return {
    code: ENGINE_STOPPED,
    message: `The Cloze engine stopped unexpectedly (${how}).`,
    wayOut: 'Try again: it starts anew. The log "Cloze" in the Output view says more.',
  };
}

function forwardLines(stream: NodeJS.ReadableStream | null, write: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', write);
}
