// The order in which a data loader takes rows.
import type { TorchGenerator } from '../random/torch.ts';

/** The batches of an order of rows, cut when asked for: an order may be of millions. */
export interface Batches {
  readonly length: number;
  /** Row numbers of batch i; undefined past the end. */
  at(i: number): Int32Array | undefined;
}

/** Batches of row numbers in `order`; a last short batch is dropped if asked. */
export function batchesOf(order: Int32Array, size: number, dropLast: boolean): Batches {
  const length = dropLast ? Math.floor(order.length / size) : Math.ceil(order.length / size);
  return { length, at: (i) => (i < length ? order.subarray(i * size, (i + 1) * size) : undefined) };
}

/** 0, 1, 2 … [n] */
export function inOrder(n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return order;
}

/**
 * Rows in random order, but of like length within a batch: shuffled, cut into blocks of up to 50 batches, each sorted by
 * length, the longest row of all first (so that memory runs out at once, if at all). As transformers'
 * get_length_grouped_indices. -> [n]
 */
export function groupedByLength(
  rows: { readonly length: number; lengthOf(i: number): number },
  batchSize: number,
  generator: TorchGenerator,
): Int32Array {
  const n = rows.length;
  const blockSize = Math.max(1, Math.min(Math.floor(n / (batchSize * 4)), 50)) * batchSize;
  const order = generator.randperm(n);
  const lengthAt = (place: number) => rows.lengthOf(order[place] as number);
  let longest = 0;
  for (let at = 0; at < n; at += blockSize) {
    const block = Array.from(order.subarray(at, at + blockSize));
    order.set(
      block.sort((a, b) => rows.lengthOf(b) - rows.lengthOf(a)),
      at,
    );
    if (lengthAt(at) > lengthAt(longest)) longest = at;
  }
  if (longest > 0) {
    const first = order[0] as number;
    order[0] = order[longest] as number;
    order[longest] = first;
  }
  return order;
}
