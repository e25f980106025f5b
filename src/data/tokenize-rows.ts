// From texts to rows of tokens, as run_mlm.py makes them: line by line, or filled across lines.
import { breathe } from '../base/cancellation.ts';
import type { EncodedRows, Tokenizer } from '../tokenize/types.ts';
import { type TokenRow, TokenRows } from './token-rows.ts';

export interface RowOptions {
  readonly lineByLine: boolean;
  /** Tokens a row at the most (line by line), or exactly (grouped). */
  readonly maxSeqLength: number;
  /** Keep where words start, for whole-word masking. */
  readonly wordStarts?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((texts: number) => void) | undefined;
}

const MAP_BATCH = 1000; // datasets.map's batch: grouping starts anew and drops its remainder at each

/**
 * Line by line: blank lines are left out, long ones cut. Grouped: each text with its special tokens, blank ones too,
 * put end to end a thousand texts at a time and cut into full rows; what is left of each thousand is dropped.
 */
export async function tokenizeRows(
  texts: AsyncIterable<readonly string[]>,
  tokenizer: Tokenizer,
  options: RowOptions,
): Promise<TokenRows> {
  const rows = new TokenRows();
  let done = 0;
  for await (const batch of chunks(texts, MAP_BATCH)) {
    if (options.lineByLine) await addLines(rows, batch, tokenizer, options);
    else await addGroups(rows, batch, tokenizer, options);
    done += batch.length;
    options.onProgress?.(done);
    await breathe(options.signal);
  }
  return rows;
}

async function addLines(rows: TokenRows, batch: readonly string[], tokenizer: Tokenizer, options: RowOptions) {
  const lines = batch.filter((line) => line.trim() !== '');
  const encoded = await tokenizer.encodeBatch(lines, {
    maxLength: options.maxSeqLength,
    wordStarts: options.wordStarts,
  });
  let at = 0;
  for (const length of encoded.lengths) {
    rows.push(cut(encoded, at, at + length));
    at += length;
  }
}

async function addGroups(rows: TokenRows, batch: readonly string[], tokenizer: Tokenizer, options: RowOptions) {
  const encoded = await tokenizer.encodeBatch(batch, { wordStarts: options.wordStarts });
  const length = options.maxSeqLength;
  for (let at = 0; at + length <= encoded.ids.length; at += length) rows.push(cut(encoded, at, at + length));
}

function cut({ ids, wordStarts }: EncodedRows, from: number, to: number): TokenRow {
  return { ids: ids.subarray(from, to), wordStarts: wordStarts?.subarray(from, to) };
}

async function* chunks(texts: AsyncIterable<readonly string[]>, size: number): AsyncGenerator<string[]> {
  let waiting: string[] = [];
  for await (const batch of texts) {
    for (const text of batch) {
      waiting.push(text);
      if (waiting.length < size) continue;
      yield waiting;
      waiting = [];
    }
  }
  if (waiting.length > 0) yield waiting;
}
