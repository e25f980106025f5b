// model.*: what a model's files hold, and what the model makes of a sentence.
import { existsSync } from 'node:fs';
import { breathe } from '../../base/cancellation.ts';
import { ClozeError, describeError, isCancelled } from '../../base/errors.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import { compareModels } from '../../inspect/compare.ts';
import { outlineModel, tensorStatistics } from '../../inspect/model-report.ts';
import { openTensors, type TensorFiles } from '../../inspect/tensor-files.ts';
import { nearestRows, readWindow } from '../../inspect/tensor-values.ts';
import type { TensorView } from '../../inspect/tensor-view.ts';
import type { TensorStatistics } from '../../protocol/model.ts';
import type { ModelContract } from '../../protocol/model-contract.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { tokenizerOf } from '../tokenizers.ts';

/** Between two messages with statistics. Milliseconds. */
const EVERY = 100;

type ModelHandlers = Handlers<ModelContract>;

export const model: Pick<
  ModelHandlers,
  'model.outline' | 'model.statistics' | 'model.slice' | 'model.nearest' | 'model.compare'
> = {
  'model.outline': ({ path }) => withTensors(path, outlineModel),

  'model.statistics': ({ path, from }, { signal, progress }) =>
    withTensors(path, async ({ tensors }) => {
      const total = Math.max(
        1,
        tensors.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      let read = tensors.slice(0, from).reduce((sum, { bytes }) => sum + bytes, 0);
      let ready: TensorStatistics[] = [];
      let told = Date.now();
      const tell = (done: number) => {
        progress({ tensors: ready, done: done / total });
        ready = [];
        told = Date.now();
      };
      for (let index = from; index < tensors.length; index++) {
        const tensor = tensors[index] as TensorView;
        const onProgress = (share: number) => {
          if (Date.now() - told >= EVERY) tell(read + share * tensor.bytes);
        };
        // not pushed at once: meanwhile another list may have taken the place of this one
        const found = await statisticsOf(tensor, index, { signal, onProgress });
        ready.push(found);
        read += tensor.bytes;
        onProgress(0);
        await breathe(signal);
      }
      tell(read);
      return null;
    }),

  'model.slice': ({ path, index, window }) =>
    withTensors(path, (files) => readWindow(tensorAt(files, index, path), window)),

  'model.nearest': ({ path, index, token, count }, { signal }) =>
    withTensors(path, async (files) => {
      const tokenizer = await tokenizerOf(files.folder);
      const row = tokenizer.tokenToId(token) ?? (/^\d+$/.test(token) ? Number(token) : await firstToken(token));
      const near = await nearestRows(tensorAt(files, index, path), row, count, signal);
      return [{ row, cosine: 1 }, ...near].map(({ row: id, cosine }) => ({
        id,
        cosine,
        token: tokenizer.idToToken(id) ?? `[${id}]`,
      }));

      /** The id that the text becomes, where it becomes one token. */
      async function firstToken(text: string): Promise<number> {
        const { ids } = await tokenizer.encode(text, { addSpecialTokens: false });
        if (ids.length === 1) return ids[0] as number;
        throw new ClozeError(
          'bad-argument',
          `"${text.slice(0, 80)}" is ${ids.length === 0 ? 'no token' : `${ids.length} tokens`} of this model.`,
          'Give one token, or its id.',
        );
      }
    }),

  'model.compare': async ({ a, b }, { signal, progress }) => {
    let told = 0;
    const onProgress = (done: number) => {
      if (Date.now() - told < EVERY) return;
      told = Date.now();
      progress({ done });
    };
    return compareModels(await place(a), await place(b), { signal, onProgress });
  },
};

const place = async (path: string) => (existsSync(path) ? path : resolveModel(path));

async function withTensors<T>(path: string, work: (files: TensorFiles) => Promise<T>): Promise<T> {
  const files = await openTensors(path);
  try {
    return await work(files);
  } finally {
    await files.close();
  }
}

function tensorAt({ tensors }: TensorFiles, index: number, path: string): TensorView {
  const tensor = tensors[index];
  if (!tensor) throw new ClozeError('not-found', `${path} has no tensor ${index} any more.`, 'Read it again.');
  return tensor;
}

/** A tensor that cannot be read is told, and the others go on. */
async function statisticsOf(
  tensor: TensorView,
  index: number,
  options: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
): Promise<TensorStatistics> {
  try {
    const numbers = await tensorStatistics(tensor, { ...options, histogram: true });
    const { count: _, ...rest } = numbers.result;
    return { index, ...rest, histogram: numbers.histogram };
  } catch (error) {
    if (isCancelled(error)) throw error;
    const none = { min: null, max: null, mean: null, std: null, zeros: 0, nan: 0, inf: 0, histogram: null };
    return { index, ...none, failed: describeError(error) };
  }
}
