// A batch as the numbers that a graph is fed: ids, positions, and where tokens lie for attention.
import { ClozeError } from '../base/errors.ts';
import type { Tensor } from '../session/session.ts';
import type { Blueprint } from './architecture.ts';
import { numberPositions } from './positions.ts';
import type { FlatBatch } from './types.ts';

export interface Layout {
  readonly rows: number;
  readonly tokens: number;
  readonly masked: number;
  /** Of the longest row. */
  readonly length: number;
  /** Most masked positions in a row. */
  readonly queries: number;
  readonly uniform: boolean;
  /** Masked positions of each row. */
  readonly maskedLengths: Int32Array;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** The rows that lookups name, by input. */
  readonly ids: Readonly<Record<'input_ids' | 'position_ids' | 'token_type_ids' | 'labels', Int32Array>>;
}

/** Far enough below any score that its softmax is exactly 0. */
export const NEVER = -1e30;

export function layOut(batch: FlatBatch, model: Blueprint): Layout {
  check(batch, model);
  const { heads } = model;
  const tokens = batch.inputIds.length;
  const rows = batch.lengths.length;
  const masked = batch.maskedPositions.length;
  const length = batch.lengths.reduce((longest, size) => Math.max(longest, size), 0);
  const uniform = batch.lengths.every((size) => size === length);
  const maskedLengths = countMasked(batch);
  const queries = maskedLengths.reduce((most, count) => Math.max(most, count), 0);

  const positions = new Int32Array(tokens);
  let start = 0;
  for (const size of batch.lengths) {
    const [ids, out] = [batch.inputIds, positions].map((all) => all.subarray(start, start + size)) as [
      Int32Array,
      Int32Array,
    ];
    numberPositions(model.positions, ids, out);
    start += size;
  }
  const types = batch.tokenTypeIds ?? new Int32Array(tokens);
  const rank = new Int32Array(tokens);
  const isMasked = new Float32Array(tokens);
  batch.maskedPositions.forEach((position, i) => {
    rank[position] = i;
    isMasked[position] = 1;
  });
  const bias = new Float32Array(uniform ? 0 : rows * length);
  if (!uniform) {
    for (const [row, size] of batch.lengths.entries()) bias.fill(NEVER, row * length + size, (row + 1) * length);
  }

  const size = model.hiddenSize / heads;
  return {
    rows,
    tokens,
    masked,
    length,
    queries,
    uniform,
    maskedLengths,
    ids: { input_ids: batch.inputIds, position_ids: positions, token_type_ids: types, labels: batch.labels },
    feeds: {
      input_ids: list(batch.inputIds),
      position_ids: list(positions),
      token_type_ids: list(types),
      labels: list(batch.labels),
      masked_positions: list(batch.maskedPositions),
      masked_rank: list(rank),
      is_masked: column(isMasked),
      ...places('token', batch.lengths, length, heads, size),
      ...places('query', maskedLengths, queries, heads, size),
      ...(uniform ? {} : { key_bias: { data: bias, shape: [rows, 1, 1, length] } }),
    },
  };
}

function places(name: string, lengths: Int32Array, longest: number, heads: number, size: number) {
  const count = lengths.reduce((total, length) => total + length, 0);
  const slots = new Int32Array(lengths.length * heads * longest);
  const valid = new Float32Array(slots.length);
  const back = new Int32Array(count * heads);
  let slot = 0;
  let start = 0;
  for (const length of lengths) {
    for (let head = 0; head < heads; head++) {
      for (let at = 0; at < longest; at++, slot++) {
        // a padded place holds some token: attention ignores it
        const piece = (start + (at < length ? at : 0)) * heads + head;
        if (at < length) {
          back[piece] = slot;
          valid[slot] = 1;
        }
        slots[slot] = Math.min(piece, back.length - 1);
      }
    }
    start += length;
  }
  const shape = new BigInt64Array([lengths.length, heads, longest, size].map(BigInt));
  return {
    [`${name}_slots`]: list(slots),
    [`${name}_back`]: list(back),
    [`${name}_valid`]: column(valid),
    [`${name}_shape`]: { data: shape, shape: [4] },
  };
}

const list = (data: Int32Array): Tensor => ({ data, shape: [data.length] });
const column = (data: Float32Array): Tensor => ({ data, shape: [data.length, 1] });

function countMasked(batch: FlatBatch): Int32Array {
  const counts = new Int32Array(batch.lengths.length);
  let row = 0;
  let end = batch.lengths[0] ?? 0;
  for (const position of batch.maskedPositions) {
    while (position >= end) end += batch.lengths[++row] ?? Number.POSITIVE_INFINITY;
    counts[row] = (counts[row] ?? 0) + 1;
  }
  return counts;
}

function check(batch: FlatBatch, model: Blueprint): void {
  const tokens = batch.inputIds.length;
  const total = batch.lengths.reduce((sum, size) => sum + size, 0);
  if (total !== tokens) throw wrong(`its rows have ${total} tokens, its ids ${tokens}`);
  if (batch.labels.length !== batch.maskedPositions.length) throw wrong('labels and masked positions differ in number');
  if (batch.maskedPositions.length === 0) throw wrong('it has no masked position');
  const longest = batch.lengths.reduce((most, size) => Math.max(most, size), 0);
  if (longest > model.maxLength) {
    throw new ClozeError(
      'bad-input',
      `A row has ${longest} tokens; this model's positions end at ${model.maxLength}.`,
      'Set a smaller max_seq_length.',
    );
  }
  let last = -1;
  for (const position of batch.maskedPositions) {
    if (position <= last || position >= tokens) throw wrong(`masked position ${position} is out of order or range`);
    last = position;
  }
  for (const ids of [batch.inputIds, batch.labels]) {
    for (const id of ids) {
      if (id < 0 || id >= model.vocabSize) {
        throw new ClozeError(
          'bad-input',
          `Token id ${id} is outside this model's vocabulary of ${model.vocabSize}.`,
          'Use the tokenizer that belongs to the model.',
        );
      }
    }
  }
}

const wrong = (what: string) => new ClozeError('bad-argument', `The batch cannot be run: ${what}.`);
