// model.encode, .tokenLosses, .attention, .compareOnRows: text as a model reads it.
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClozeError } from '../../base/errors.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import { attentionOf } from '../../inspect/attention.ts';
import { tokenLosses } from '../../inspect/token-losses.ts';
import type { ModelContract } from '../../protocol/model-contract.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { maskTokenOf } from '../../tokenize/special-tokens.ts';
import type { LoadedModels } from '../loaded-models.ts';
import { tokenizerOf } from '../tokenizers.ts';

/** Tokens of a sentence whose attention is shown: memory goes with their square. */
const MOST_TOKENS = 256;

export function createSentence(
  models: LoadedModels,
): Pick<Handlers<ModelContract>, 'model.encode' | 'model.tokenLosses' | 'model.attention' | 'model.compareOnRows'> {
  return {
    'model.encode': async ({ model, text }) => {
      const tokenizer = await tokenizerOf(await resolveModel(model));
      const mask = maskTokenOf(tokenizer);
      const { ids, specialTokensMask } = await tokenizer.encode(text);
      const tokens = ids.map((id, i) => ({
        id,
        token: tokenizer.idToToken(id) ?? `[${id}]`,
        special: specialTokensMask[i] === 1,
      }));
      return { tokens, maskId: mask.id, maskToken: mask.token };
    },

    'model.tokenLosses': async ({ model, text }, { signal }) => {
      const folder = await resolveModel(model);
      const tokenizer = await tokenizerOf(folder);
      return models.use(folder, (loaded) => tokenLosses(loaded, tokenizer, text, signal), signal);
    },

    'model.compareOnRows': async ({ a, b, request }, { signal, progress }) => {
      const { compareOnRows } = await import('../../inspect/compare-on-rows.ts');
      const [one, other] = [await folderOf(a), await folderOf(b)];
      return compareOnRows(
        { folder: one, tokenizer: await tokenizerOf(one), use: (work) => models.use(one, work, signal) },
        { folder: other, tokenizer: await tokenizerOf(other), use: (work) => models.use(other, work, signal) },
        request,
        { signal, onProgress: (done) => progress({ done }) },
      );
    },

    'model.attention': async ({ model, inputIds }, { signal }) => {
      if (inputIds.length > MOST_TOKENS) {
        throw new ClozeError(
          'bad-argument',
          `Attention is shown for ${MOST_TOKENS} tokens at most; the sentence has ${inputIds.length}.`,
          'Shorten it.',
        );
      }
      const folder = await resolveModel(model);
      const tokenizer = await tokenizerOf(folder);
      return models.use(folder, (loaded) => attentionOf(loaded, tokenizer, inputIds), signal);
    },
  };
}

/** A model may be named by one of its files. */
async function folderOf(path: string): Promise<string> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  return isFile ? dirname(path) : resolveModel(path);
}
