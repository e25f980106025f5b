// Evaluation over masked rows: loss as Trainer computes it, and accuracy at the masked positions.
import { breathe } from '../base/cancellation.ts';
import { flatten } from '../collate/batch.ts';
import type { MaskedBatch } from '../collate/data-collator.ts';
import { batchesOf, groupedByLength, inOrder } from '../data/samplers.ts';
import type { TokenRow, TokenRows } from '../data/token-rows.ts';
import type { MaskedLM } from '../models/types.ts';
import { TorchGenerator } from '../random/torch.ts';

export interface Evaluation {
  /** Mean of the batches' mean losses, weighted by their rows (nats); null when nothing was masked. */
  readonly loss: number | null;
  /** Share of masked positions whose first guess is right. */
  readonly accuracy: number | null;
  readonly maskedTokens: number;
  readonly rows: number;
  readonly batches: number;
  readonly seconds: number;
}

export interface EvaluationOptions {
  readonly model: MaskedLM;
  readonly rows: TokenRows;
  readonly batchSize: number;
  /** Rows of like length in a batch, in an order drawn with this seed, as Trainer does when it groups training rows. */
  readonly groupByLengthSeed?: number | undefined;
  readonly generator: TorchGenerator;
  readonly collate: (rows: readonly TokenRow[]) => MaskedBatch;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((batch: number, batches: number) => void) | undefined;
}

/** Goes through the rows; the loader takes its base seed and every batch its masks from `generator`. */
export async function evaluateRows(options: EvaluationOptions): Promise<Evaluation> {
  const { model, rows, batchSize, generator, collate } = options;
  const started = performance.now();
  generator.skip(2);
  const order =
    options.groupByLengthSeed !== undefined
      ? groupedByLength(rows, batchSize, new TorchGenerator(options.groupByLengthSeed))
      : inOrder(rows.length);
  const batches = batchesOf(order, batchSize, false);
  let weightedLoss = 0;
  let weightedRows = 0;
  let maskedTokens = 0;
  let correct = 0;
  for (let b = 0; b < batches.length; b++) {
    const numbers = batches.at(b) as Int32Array;
    const size = numbers.length;
    const flat = flatten(collate(Array.from(numbers, (i) => rows.row(i))));
    if (flat.labels.length > 0) {
      const result = await model.evaluate(flat);
      weightedLoss += Math.fround(result.lossSum / result.masked) * size;
      weightedRows += size;
      maskedTokens += result.masked;
      correct += result.correct;
    }
    options.onProgress?.(b + 1, batches.length);
    await breathe(options.signal);
  }
  return {
    loss: weightedRows > 0 ? weightedLoss / weightedRows : null,
    accuracy: maskedTokens > 0 ? correct / maskedTokens : null,
    maskedTokens,
    rows: rows.length,
    batches: batches.length,
    seconds: (performance.now() - started) / 1000,
  };
}
