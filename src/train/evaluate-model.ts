// Measures a model on a file: loss, perplexity and accuracy at the masked tokens.

import { ClozeError } from '../base/errors.ts';
import { expandFiles } from '../data/expand-files.ts';
import { readTexts } from '../data/open.ts';
import { tokenizeRows } from '../data/tokenize-rows.ts';
import { loadMaskedLM } from '../models/load.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import { TorchGenerator } from '../random/torch.ts';
import { loadTokenizer } from '../tokenize/load.ts';
import { collateRows } from './collate-rows.ts';
import { evaluateRows } from './evaluate.ts';

export interface ModelEvaluation {
  /** As Trainer's evaluation loop: batch means weighted by their rows. */
  readonly eval_loss: number;
  readonly perplexity: number;
  readonly masked_accuracy: number;
  readonly masked_tokens: number;
}

/** `folder`: the model. Of `args`, what concerns data, masking and evaluation counts. */
export async function evaluateModel(
  folder: string,
  args: TrainingArguments,
  onProgress?: (batch: number, batches: number) => void,
): Promise<ModelEvaluation> {
  const tokenizer = await loadTokenizer(folder);
  const model = await loadMaskedLM(folder, { train: false, threads: args.threads ?? undefined });
  try {
    const limit = Math.min(model.maxLength, tokenizer.maxPositions ?? model.maxLength);
    const length = Math.min(args.max_seq_length ?? Math.min(tokenizer.modelMaxLength ?? 1024, 1024), limit);
    const texts = readTexts(
      await expandFiles(args.validation_file),
      { column: args.text_column, onBadRow: args.on_bad_row },
      () => {},
    );
    const all = await tokenizeRows(texts, tokenizer, {
      lineByLine: args.line_by_line,
      maxSeqLength: length,
      wordStarts: args.whole_word_mask,
    });
    const rows = args.max_eval_samples === null ? all : all.first(args.max_eval_samples);
    const generator = new TorchGenerator(args.seed);
    const result = await evaluateRows({
      model,
      rows,
      batchSize: args.per_device_eval_batch_size,
      generator,
      collate: collateRows(args, tokenizer, length)(generator),
      onProgress,
    });
    if (result.loss === null || result.accuracy === null) {
      throw new ClozeError(
        'bad-input',
        `${args.validation_file.join(', ')}: no token was masked, so there is nothing to measure (${rows.length} rows).`,
        'Give more text, a higher mlm_probability, or --line_by_line for short files.',
      );
    }
    return {
      eval_loss: result.loss,
      perplexity: Math.exp(result.loss),
      masked_accuracy: result.accuracy,
      masked_tokens: result.maskedTokens,
    };
  } finally {
    await model.release();
  }
}
