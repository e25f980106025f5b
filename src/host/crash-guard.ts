// Questions about a file that may bring the engine down: asked again once, then not again by itself.
import type { EngineContract } from '../protocol/engine.ts';
import { type CallOptions, RemoteError, toWireError } from '../protocol/rpc.ts';
import { ENGINE_STOPPED, type EngineClient } from './engine-client.ts';

type ProgressOf<M> = M extends { progress: infer P } ? P : never;

/** Ends of the engine under questions about a file after which it is left alone. */
const ENOUGH = 2;

export class CrashGuard {
  #crashes = 0;

  /** `what`: the file's name, for the message. */
  constructor(
    private readonly engine: Pick<EngineClient, 'call'>,
    private readonly what: string,
  ) {}

  /** As EngineClient.call. After the engine ended twice under such calls they are refused until {@link forgive}. */
  async call<K extends keyof EngineContract & string>(
    method: K,
    params: EngineContract[K]['params'],
    options?: CallOptions<ProgressOf<EngineContract[K]>>,
  ): Promise<EngineContract[K]['result']> {
    for (;;) {
      if (this.#crashes >= ENOUGH) throw this.#refusal();
      const before = this.#crashes;
      try {
        return await this.engine.call(method, params, options);
      } catch (error) {
        if (toWireError(error).code !== ENGINE_STOPPED) throw error;
        // several calls end with the same engine: it counts once
        this.#crashes = Math.max(this.#crashes, before + 1);
      }
    }
  }

  forgive(): void {
    this.#crashes = 0;
  }

  #refusal(): RemoteError {
    return new RemoteError({
      code: 'crashed',
      message: `The Cloze engine stopped twice while it worked on ${this.what}, so it is not tried again by itself.`,
      wayOut: 'Check that the file is whole, or read it again. The log says more.',
    });
  }
}
