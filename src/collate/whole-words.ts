// Whole words for masking: which tokens start a word, and which belong together.
import type { Feature, PaddedRows } from './batch.ts';

export interface Words {
  /** Word number within its row, from 1; 0 for special tokens and padding. [rows, width] */
  readonly wordOf: Int32Array;
  /** 1 everywhere but at the first token of a word: only there is a draw made. [rows, width] */
  readonly notFirst: Uint8Array;
}

/**
 * As transformers finds words: a token that is not special starts one where its offset differs from the end of the
 * token before, or where that one is special. Rows that bring word ids use these instead (see tokenize/words.ts).
 */
export function findWords(batch: PaddedRows, features: readonly Feature[]): Words {
  const wordOf = new Int32Array(batch.inputIds.length);
  const notFirst = new Uint8Array(batch.inputIds.length).fill(1);
  for (const [row, { inputIds, offsets, wordIds }] of features.entries()) {
    const at = row * batch.width;
    let words = 0;
    for (let i = 0; i < inputIds.length; i++) {
      if (batch.special[at + i]) continue;
      const afterSpecial = i > 0 && batch.special[at + i - 1] === 1;
      const start = offsets?.[i]?.[0];
      const previousEnd = i > 0 ? offsets?.[i - 1]?.[1] : -1;
      const starts = wordIds ? i === 0 || wordIds[i] !== wordIds[i - 1] : start !== previousEnd;
      if (starts || afterSpecial) {
        words++;
        notFirst[at + i] = 0;
      }
      wordOf[at + i] = words;
    }
  }
  return { wordOf, notFirst };
}

/** Spreads the choice of a word's first token over the whole word. */
export function spreadOverWords(chosen: Uint8Array, { wordOf }: Words, width: number): Uint8Array {
  const spread = new Uint8Array(chosen.length);
  for (let row = 0; row < chosen.length; row += width) {
    const words = new Set<number>();
    for (let i = row; i < row + width; i++) if (chosen[i]) words.add(wordOf[i] as number);
    for (let i = row; i < row + width; i++) spread[i] = wordOf[i] !== 0 && words.has(wordOf[i] as number) ? 1 : 0;
  }
  return spread;
}
