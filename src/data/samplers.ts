// The order in which a data loader takes rows.
import type { TorchGenerator } from '../random/torch.ts';

/** Batches of row numbers in `order`; a last short batch is dropped if asked. */
export function batchesOf(order: ArrayLike<number>, size: number, dropLast: boolean): number[][] {
  const batches: number[][] = [];
  for (let at = 0; at < order.length; at += size) batches.push(Array.prototype.slice.call(order, at, at + size));
  if (dropLast && (batches.at(-1)?.length ?? size) < size) batches.pop();
  return batches;
}

/**
 * Rows in random order, but of like length within a batch: shuffled, cut into blocks of up to 50 batches, each sorted by
 * length, the longest row of all first (so that memory runs out at once, if at all). As transformers'
 * get_length_grouped_indices. lengths [n] -> [n]
 */
export function groupedByLength(lengths: ArrayLike<number>, batchSize: number, generator: TorchGenerator): number[] {
  const n = lengths.length;
  const blockSize = Math.max(1, Math.min(Math.floor(n / (batchSize * 4)), 50)) * batchSize;
  const order = generator.randperm(n);
  const length = (row: number | undefined) => (row === undefined ? -1 : (lengths[row] ?? 0));
  const blocks: number[][] = [];
  for (let at = 0; at < n; at += blockSize) {
    blocks.push(Array.from(order.subarray(at, at + blockSize)).sort((a, b) => length(b) - length(a)));
  }
  const longest = blocks.reduce((best, block, i) => (length(block[0]) > length(blocks[best]?.[0]) ? i : best), 0);
  const first = blocks[0];
  const other = blocks[longest];
  if (first && other && first !== other) {
    const moved = first[0] as number;
    first[0] = other[0] as number;
    other[0] = moved;
  }
  return blocks.flat();
}
