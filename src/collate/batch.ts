// Rows of different lengths as one padded batch, and a batch without its padding.
import { ClozeError } from '../base/errors.ts';

/** One row for the collator, as a tokenizer gives it. */
export interface Feature {
  readonly inputIds: ArrayLike<number>;
  /** 1 where a token must not be masked; absent: tokens in the tokenizer's special ids. */
  readonly specialTokensMask?: ArrayLike<number> | undefined;
  readonly attentionMask?: ArrayLike<number> | undefined;
  /** [start, end] of each token in the text; whole-word masking needs it. */
  readonly offsets?: readonly (readonly [number, number])[] | undefined;
  /** Used instead of `offsets` where these include the leading space. */
  readonly wordIds?: readonly (number | null)[] | undefined;
}

/** A padded batch: every matrix is row-major [rows, width]. */
export interface PaddedRows {
  readonly rows: number;
  readonly width: number;
  readonly inputIds: Int32Array;
  readonly attentionMask: Uint8Array;
  /** 1 at special tokens and padding. */
  readonly special: Uint8Array;
}

/** Pads to the longest row, rounded up to a multiple. `isSpecial` decides where a row brings no special-tokens mask. */
export function padRows(
  features: readonly Feature[],
  padId: number | null,
  padToMultipleOf: number | null,
  isSpecial: (id: number) => boolean,
): PaddedRows {
  if (features.length === 0)
    throw new ClozeError('bad-argument', 'The collator got no rows: a batch needs at least one.');
  for (const [i, feature] of features.entries()) {
    if (!feature.inputIds) {
      throw new ClozeError('bad-input', `Row ${i} of the batch has no input_ids.`, 'Tokenize the text first.');
    }
  }
  const longest = features.reduce((max, { inputIds }) => Math.max(max, inputIds.length), 0);
  const width = padToMultipleOf ? Math.ceil(longest / padToMultipleOf) * padToMultipleOf : longest;
  if (padId === null && features.some(({ inputIds }) => inputIds.length !== width)) {
    throw new ClozeError(
      'bad-input',
      'The rows differ in length and the tokenizer has no padding token to fill them up with.',
      'Add a pad_token to tokenizer_config.json, or collate rows of one length.',
    );
  }
  const rows = features.length;
  const inputIds = new Int32Array(rows * width).fill(padId ?? 0);
  const attentionMask = new Uint8Array(rows * width);
  const special = new Uint8Array(rows * width).fill(1);
  for (const [row, feature] of features.entries()) {
    const at = row * width;
    const { length } = feature.inputIds;
    inputIds.set(Int32Array.from(feature.inputIds), at);
    for (let i = 0; i < length; i++) {
      attentionMask[at + i] = feature.attentionMask?.[i] ?? 1;
      special[at + i] = feature.specialTokensMask
        ? (feature.specialTokensMask[i] ?? 1)
        : Number(isSpecial(feature.inputIds[i] as number));
    }
    if (!feature.specialTokensMask) special.fill(Number(isSpecial(padId ?? -1)), at + length, at + width);
  }
  return { rows, width, inputIds, attentionMask, special };
}

/** A batch as the models take it: rows end to end without padding, and the places whose label counts. */
export interface FlatRows {
  readonly inputIds: Int32Array;
  readonly lengths: Int32Array;
  readonly maskedPositions: Int32Array;
  readonly labels: Int32Array;
}

/** Drops the padding (attention mask 0) of a collated batch. labels [rows, width], -100 where none counts. */
export function flatten(batch: Omit<PaddedRows, 'special'> & { readonly labels: Int32Array }): FlatRows {
  const inputIds: number[] = [];
  const lengths = new Int32Array(batch.rows);
  const maskedPositions: number[] = [];
  const labels: number[] = [];
  for (let cell = 0; cell < batch.inputIds.length; cell++) {
    if (!batch.attentionMask[cell]) continue;
    const label = batch.labels[cell] as number;
    if (label !== -100) {
      maskedPositions.push(inputIds.length);
      labels.push(label);
    }
    inputIds.push(batch.inputIds[cell] as number);
    const row = Math.floor(cell / batch.width);
    lengths[row] = (lengths[row] as number) + 1;
  }
  return {
    inputIds: Int32Array.from(inputIds),
    lengths,
    maskedPositions: Int32Array.from(maskedPositions),
    labels: Int32Array.from(labels),
  };
}
