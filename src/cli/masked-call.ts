// One call of the collator as JSON, and as a table for each row.
import type { MaskedBatch } from '../collate/data-collator.ts';
import type { Fate, MaskingTable } from '../protocol/masking.ts';
import { type Encoding, lengthLimit, type Tokenizer } from '../tokenize/types.ts';

/** A batch as lists of rows, padding included. */
export interface MaskedCallJson {
  readonly input_ids: number[][];
  readonly labels: number[][];
  readonly attention_mask: number[][];
  readonly tokens: string[][];
  readonly masked_tokens: string[][];
  readonly original_input_ids: number[][];
  readonly fates: Fate[][];
}

export interface MaskedCall {
  readonly json: MaskedCallJson;
  readonly tables: readonly MaskingTable[];
}

export function maskedCall(tokenizer: Tokenizer, encodings: readonly Encoding[], batch: MaskedBatch): MaskedCall {
  const { width } = batch;
  const split = <T>(values: ArrayLike<T>): T[][] =>
    encodings.map((_, row) => Array.prototype.slice.call(values, row * width, (row + 1) * width) as T[]);
  const input_ids = split(batch.inputIds);
  const padId = tokenizer.pad?.id ?? 0;
  const original_input_ids = encodings.map(({ ids }) => Array.from({ length: width }, (_, i) => ids[i] ?? padId));
  const token = (id: number) => tokenizer.idToToken(id) ?? '';
  const json: MaskedCallJson = {
    input_ids,
    labels: split(batch.labels),
    attention_mask: split(batch.attentionMask),
    tokens: original_input_ids.map((row) => row.map(token)),
    masked_tokens: input_ids.map((row) => row.map(token)),
    original_input_ids,
    fates: split(batch.fates),
  };
  return { json, tables: encodings.map((encoding, row) => table(tokenizer, encoding, json, row)) };
}

function table(tokenizer: Tokenizer, encoding: Encoding, json: MaskedCallJson, row: number): MaskingTable {
  const cell = <T>(matrix: T[][], i: number): T => matrix[row]?.[i] as T;
  return {
    columns: Array.from({ length: json.input_ids[row]?.length ?? 0 }, (_, i) => ({
      token: cell(json.tokens, i),
      maskedToken: cell(json.masked_tokens, i),
      inputId: cell(json.original_input_ids, i),
      maskedInputId: cell(json.input_ids, i),
      label: cell(json.labels, i),
      wordId: encoding.wordIds[i] ?? null,
      start: encoding.offsets[i]?.[0] ?? 0,
      end: encoding.offsets[i]?.[1] ?? 0,
      special: encoding.specialTokensMask[i] !== 0,
      fate: cell(json.fates, i),
    })),
    modelMaxLength: lengthLimit(tokenizer) ?? 0,
    truncatedTokens: 0,
    maskToken: tokenizer.mask?.token ?? null,
    maskTokenId: tokenizer.mask?.id ?? null,
    vocabSize: tokenizer.size,
    notes: [],
  };
}
