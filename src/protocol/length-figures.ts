// What a maximum length and a batch size cost, from how long the rows are.

/** Rows by their length, shortest first. */
export type Lengths = readonly (readonly [length: number, rows: number])[];

export interface TruncationFigures {
  readonly truncatedRows: number;
  readonly tokensLost: number;
}

/** What is cut off at `maxSeqLength` tokens a row. */
export function truncation(lengths: Lengths, maxSeqLength: number): TruncationFigures {
  const long = lengths.filter(([length]) => length > maxSeqLength);
  return {
    truncatedRows: long.reduce((sum, [, rows]) => sum + rows, 0),
    tokensLost: long.reduce((sum, [length, rows]) => sum + rows * (length - maxSeqLength), 0),
  };
}

/**
 * The share of a batch that is padding, expected over batches of `batchSize` rows drawn at random and padded to their
 * longest: 1 - mean / E[max], where P(max <= l) = F(l)^batchSize with F the share of rows of at most l tokens.
 */
export function paddingShare(lengths: Lengths, maxSeqLength: number, batchSize: number): number {
  const total = lengths.reduce((sum, [, rows]) => sum + rows, 0);
  if (total === 0) return 0;
  let mean = 0;
  let longest = 0;
  let seen = 0;
  for (const [length, rows] of lengths) {
    const cut = Math.min(length, maxSeqLength);
    mean += (cut * rows) / total;
    const before = (seen / total) ** batchSize;
    seen += rows;
    longest += cut * ((seen / total) ** batchSize - before);
  }
  return longest === 0 ? 0 : 1 - mean / longest;
}

/** Rows of exactly `maxSeqLength` tokens, and the tokens left over: each thousand texts are filled apart, as datasets.map does. */
export function grouping(thousands: readonly number[], maxSeqLength: number): { rows: number; tokensLost: number } {
  let rows = 0;
  let tokensLost = 0;
  for (const tokens of thousands) {
    rows += Math.floor(tokens / maxSeqLength);
    tokensLost += tokens % maxSeqLength;
  }
  return { rows, tokensLost };
}

/** The value below which `share` of the rows are, interpolated linearly as NumPy's percentile. */
export function percentile(lengths: Lengths, share: number): number | null {
  const total = lengths.reduce((sum, [, rows]) => sum + rows, 0);
  if (total === 0) return null;
  const place = share * (total - 1);
  const at = (index: number): number => {
    let before = 0;
    for (const [length, rows] of lengths) {
      before += rows;
      if (index < before) return length;
    }
    return lengths.at(-1)?.[0] ?? 0;
  };
  const low = Math.floor(place);
  return at(low) + (at(Math.ceil(place)) - at(low)) * (place - low);
}

/** Whole for 99 of 100 rows, a multiple of 8 for the hardware, within the model's limit. */
export function suggestedLength(lengths: Lengths, limit: number | null): number | null {
  const most = percentile(lengths, 0.99);
  if (most === null) return null;
  const rounded = Math.ceil(most / 8) * 8;
  return limit === null ? rounded : Math.min(rounded, limit);
}

/** Rows by length in at most `steps` equal steps: each from `from` on (with it) to the next one's `from`. */
export function lengthHistogram(lengths: Lengths, steps: number): { readonly from: number; readonly rows: number }[] {
  const most = lengths.at(-1)?.[0] ?? 0;
  const size = Math.max(1, Math.ceil((most + 1) / steps));
  const found = Array.from({ length: Math.floor(most / size) + 1 }, (_, i) => ({ from: i * size, rows: 0 }));
  for (const [length, rows] of lengths) {
    const step = found[Math.floor(length / size)];
    if (step) step.rows += rows;
  }
  return found;
}
