// Keeps the models that were used last in memory, lends them out one at a time, releases the others.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../base/cancellation.ts';
import type { MaskedLM } from '../models/types.ts';

/** Models kept: the one in sight and the one compared with. */
const KEPT = 2;

/** Models to predict with. onnxruntime is loaded when something is predicted for the first time. */
export function modelsToPredictWith(log: (message: string) => void): LoadedModels {
  return new LoadedModels(async (folder) => {
    const started = Date.now();
    const { loadMaskedLM } = await import('../models/load.ts');
    const model = await loadMaskedLM(folder, { train: false });
    log(`loaded ${folder} (${model.modelType}) in ${Date.now() - started} ms.`);
    return model;
  });
}

export class LoadedModels {
  readonly #load: (folder: string) => Promise<MaskedLM>;
  /** By folder and state of its weights, the one used last at the end. */
  readonly #models = new Map<string, MaskedLM>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(load: (folder: string) => Promise<MaskedLM>) {
    this.#load = load;
  }

  /** Runs `work` with the model of `folder`, after those that asked before: none is released while it is in use. */
  use<T>(folder: string, work: (model: MaskedLM) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = this.#turn.then(async () => {
      throwIfCancelled(signal);
      return work(await this.#get(folder));
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #get(folder: string): Promise<MaskedLM> {
    const key = `${folder}\n${await weightsState(folder)}`;
    const kept = this.#models.get(key);
    this.#models.delete(key);
    // Room is made before loading: two large models at once are enough for a laptop.
    for (const [old, model] of [...this.#models].slice(0, Math.max(0, this.#models.size - KEPT + 1))) {
      this.#models.delete(old);
      await model.release();
    }
    const model = kept ?? (await this.#load(folder));
    this.#models.set(key, model);
    return model;
  }
}

/** Changes when the weights are written anew, as training in the same folder does. */
async function weightsState(folder: string): Promise<string> {
  const stats = await stat(join(folder, 'model.safetensors')).catch(() => undefined);
  return stats ? `${stats.mtimeMs} ${stats.size}` : '';
}
