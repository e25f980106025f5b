// The random numbers that masking needs, drawn in the order and amount in which each Python path draws them.
import type { NumpyGenerator } from '../random/numpy-generator.ts';
import type { NumpyLegacy } from '../random/numpy-legacy.ts';
import type { TorchGenerator } from '../random/torch.ts';

export interface Draws {
  /** Bernoulli(p) for each cell, with p = 0 where `excluded` is 1. */
  choose(excluded: Uint8Array, p: number): Uint8Array;
  /** Bernoulli(p) for each of `count` cells. */
  flip(count: number, p: number): Uint8Array;
  /** A random id below `high` for each cell where `selected` is 1; other cells are undefined. */
  ids(selected: Uint8Array, high: number): Int32Array;
}

/** torch: one word a cell, in the cells' order, needed or not; ids for every cell. Probabilities are float32. */
export function torchDraws(generator: TorchGenerator): Draws {
  const flip = (count: number, p: number) => {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = generator.bernoulli(p) ? 1 : 0;
    return out;
  };
  return {
    choose(excluded, p) {
      const out = flip(excluded.length, p);
      for (let i = 0; i < out.length; i++) if (excluded[i]) out[i] = 0;
      return out;
    },
    flip,
    ids(selected, high) {
      const out = new Int32Array(selected.length);
      for (let i = 0; i < out.length; i++) out[i] = generator.randint(high);
      return out;
    },
  };
}

/** NumPy: a binomial(1, p) a cell in float64; ids only where they are needed. */
export function numpyDraws(generator: NumpyLegacy | NumpyGenerator): Draws {
  const integer = 'randint' in generator ? generator.randint.bind(generator) : generator.integers.bind(generator);
  return {
    choose: (excluded, p) => Uint8Array.from(excluded, (no) => generator.binomial(no ? 0 : p)),
    flip(count, p) {
      const out = new Uint8Array(count);
      for (let i = 0; i < count; i++) out[i] = generator.binomial(p);
      return out;
    },
    ids: (selected, high) => Int32Array.from(selected, (yes) => (yes ? integer(high) : 0)),
  };
}
