// Rows of the data set through the masking collator.
import { DataCollatorForLanguageModeling } from '../collate/data-collator.ts';
import { featureOf } from '../data/token-rows.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import type { CollateWith } from './trainer.ts';

/** Rows bring no special-tokens mask, as with Trainer, which drops it: special are the tokenizer's special ids. */
export function collateRows(args: TrainingArguments, tokenizer: Tokenizer, maxSeqLength: number): CollateWith {
  return (generator) => {
    const collator = new DataCollatorForLanguageModeling(tokenizer, {
      mlmProbability: args.mlm_probability,
      maskReplaceProb: args.mask_replace_prob,
      randomReplaceProb: args.random_replace_prob,
      wholeWordMask: args.whole_word_mask,
      padToMultipleOf: args.pad_to_max_length ? maxSeqLength : null,
      global: generator,
    });
    return (rows) => collator.collate(rows.map(featureOf));
  };
}
