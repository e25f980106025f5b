// From texts to rows of tokens, as run_mlm.py makes them: line by line, or filled across lines.
import { breathe } from '../base/cancellation.ts';
import type { EncodedRows, Tokenizer } from '../tokenize/types.ts';
import { MemoryRows, type RowSink, type TokenRow } from './token-rows.ts';

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

/** The rows of `texts`, in memory; see {@link tokenizeInto}. */
export async function tokenizeRows(
  texts: AsyncIterable<readonly string[]>,
  tokenizer: Tokenizer,
  options: RowOptions,
): Promise<MemoryRows> {
  const rows = new MemoryRows();
  await tokenizeInto(rows, texts, tokenizer, options);
  return rows;
}

/**
 * Line by line: blank lines are left out, long ones cut. Grouped: each text with its special tokens, blank ones too,
 * put end to end a thousand texts at a time and cut into full rows; what is left of each thousand is dropped.
 */
export async function tokenizeInto(
  rows: RowSink,
  texts: AsyncIterable<readonly string[]>,
  tokenizer: Tokenizer,
  options: RowOptions,
): Promise<void> {
  const add = options.lineByLine ? addLines : addGroups;
  let done = 0;
  let before: Promise<EncodedRows> | null = null;
  // while the tokenizer's threads work on a thousand texts, this one stores the thousand before
  const store = async (encoded: Promise<EncodedRows> | null) => {
    if (!encoded) return;
    add(rows, await encoded, options.maxSeqLength);
    await rows.flush?.();
  };
  for await (const batch of chunks(texts, MAP_BATCH)) {
    const encoded = encode(batch, tokenizer, options);
    encoded.catch(() => undefined);
    await store(before);
    before = encoded;
    done += batch.length;
    options.onProgress?.(done);
    await breathe(options.signal);
  }
  await store(before);
}

function encode(batch: readonly string[], tokenizer: Tokenizer, options: RowOptions): Promise<EncodedRows> {
  const { lineByLine, maxSeqLength, wordStarts } = options;
  return lineByLine
    ? tokenizer.encodeBatch(
        batch.filter((line) => line.trim() !== ''),
        { maxLength: maxSeqLength, wordStarts },
      )
    : tokenizer.encodeBatch(batch, { wordStarts });
}

function addLines(rows: RowSink, encoded: EncodedRows): void {
  let at = 0;
  for (const length of encoded.lengths) {
    rows.push(cut(encoded, at, at + length));
    at += length;
  }
}

function addGroups(rows: RowSink, encoded: EncodedRows, length: number): void {
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
