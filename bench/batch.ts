// The batch of the benchmarks, from a small generator that bench/peers/training_steps.py has too.
import type { FlatBatch } from '../src/models/types.ts';

export interface BatchSpec {
  readonly vocab: number;
  readonly rows: number;
  readonly length: number;
  /** Rows of all lengths from 8 up, instead of full ones. */
  readonly ragged: boolean;
}

/** 15 % of the tokens masked, never none. */
export function randomBatch({ rows, length, ragged, vocab }: BatchSpec): FlatBatch {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const lengths = Int32Array.from({ length: rows }, (_, i) =>
    // the first row is full, so that padding would go to the full length
    ragged && i > 0 ? 8 + Math.floor(random() * (length - 7)) : length,
  );
  const tokens = lengths.reduce((total, size) => total + size, 0);
  const inputIds = Int32Array.from({ length: tokens }, () => Math.floor(random() * vocab));
  const positions = [...inputIds.keys()].filter((i) => i === 0 || random() < 0.15);
  return {
    inputIds,
    lengths,
    maskedPositions: Int32Array.from(positions),
    labels: Int32Array.from(positions, () => Math.floor(random() * vocab)),
  };
}
