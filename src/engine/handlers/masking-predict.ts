// masking.predict: what the model would put at the positions asked for, reading the sequence as it is.
import { breathe } from '../../base/cancellation.ts';
import { ClozeError } from '../../base/errors.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import { scoreTokens } from '../../inspect/score-tokens.ts';
import type { MaskedLM } from '../../models/types.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Prediction, PredictionRequest } from '../../protocol/masking.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import type { LoadedModels } from '../loaded-models.ts';
import { tokenizerOf } from '../tokenizers.ts';

/** Logits held at once: 16 million float32 are 64 MB. */
const MOST_LOGITS = 16e6;

export function createPredict(models: LoadedModels): Handlers<EngineContract>['masking.predict'] {
  return async (request, { signal, progress }) => {
    const folder = await resolveModel(request.model);
    const tokenizer = await tokenizerOf(folder);
    const predictions = await models.use(
      folder,
      async (model) => {
        check(request, model);
        const all: Prediction[] = [];
        for (const part of parts(request.positions, Math.max(1, Math.floor(MOST_LOGITS / model.vocabSize)))) {
          await breathe(signal);
          const logits = await model.predict({
            inputIds: Int32Array.from(request.inputIds),
            lengths: Int32Array.of(request.inputIds.length),
            maskedPositions: Int32Array.from(part, ({ position }) => position),
            labels: Int32Array.from(part, ({ trueId }) => trueId),
          });
          for (const [nth, { position, trueId }] of part.entries()) {
            if (nth % 64 === 0) await breathe(signal);
            const row = logits.subarray(nth * model.vocabSize, (nth + 1) * model.vocabSize);
            const { top, rank, loss } = scoreTokens(row, trueId, request.topK);
            const named = top.map(({ id, score }) => ({ id, score, token: tokenizer.idToToken(id) ?? `[${id}]` }));
            all.push({ position, top: named, rank, loss });
          }
          progress({ done: all.length, total: request.positions.length });
        }
        return all;
      },
      signal,
    );
    const lossSum = predictions.reduce((sum, { loss }) => sum + loss, 0);
    return { predictions, meanLoss: lossSum / predictions.length };
  };
}

function check({ inputIds, positions, model: folder }: PredictionRequest, model: MaskedLM): void {
  if (positions.length === 0) throw new ClozeError('bad-argument', 'No position to predict was given.');
  if (inputIds.length > model.maxLength) {
    throw new ClozeError(
      'bad-argument',
      `The sequence has ${inputIds.length} tokens; ${folder} has positions for ${model.maxLength}.`,
      'Select less text.',
    );
  }
  const greatest = Math.max(...inputIds, ...positions.map(({ trueId }) => trueId));
  if (greatest >= model.vocabSize) {
    throw new ClozeError(
      'bad-input',
      `The tokenizer in ${folder} gives id ${greatest}; the model knows ${model.vocabSize} tokens only.`,
      'Use the tokenizer that belongs to the model, or resize its embeddings.',
    );
  }
}

function* parts<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}
