// Statistics of numbers that come in pieces, over the finite ones, in float64.
import type { Histogram, TensorNumbers } from '../protocol/model.ts';
import { HistogramBuilder } from './histogram.ts';

export interface Statistics extends TensorNumbers {
  readonly count: number;
}

/** Numbers of a piece: its mean is exact enough to be the origin of its squares. */
const PIECE = 1 << 14;

/**
 * Means and squares of pieces are joined as in Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
 * Computing Sample Variances" (1979).
 */
export class Accumulator {
  #count = 0;
  #finite = 0;
  #mean = 0;
  /** Sum of squared distances from the mean. */
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #zeros = 0;
  #nan = 0;
  #inf = 0;
  readonly #histogram: HistogramBuilder | undefined;

  /** `histogram`: whether one is wanted. */
  constructor({ histogram = false } = {}) {
    this.#histogram = histogram ? new HistogramBuilder() : undefined;
  }

  add(values: ArrayLike<number>): void {
    for (let from = 0; from < values.length; from += PIECE) {
      this.#addPiece(values, from, Math.min(values.length, from + PIECE));
    }
  }

  get result(): Statistics {
    const some = this.#finite > 0;
    return {
      count: this.#count,
      min: some ? this.#min : null,
      max: some ? this.#max : null,
      mean: some ? this.#mean : null,
      std: some ? Math.sqrt(this.#squares / this.#finite) : null,
      zeros: this.#zeros,
      nan: this.#nan,
      inf: this.#inf,
    };
  }

  get histogram(): Histogram | null {
    return this.#histogram?.result ?? null;
  }

  #addPiece(values: ArrayLike<number>, from: number, to: number): void {
    let finite = 0;
    let sum = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      if (value - value !== 0) {
        if (Number.isNaN(value)) this.#nan++;
        else this.#inf++;
        continue;
      }
      finite++;
      sum += value;
      if (value === 0) this.#zeros++;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#count += to - from;
    if (finite === 0) return;
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
    this.#histogram?.add(values, from, to, min, max);
    const mean = sum / finite;
    let squares = 0;
    for (let i = from; i < to; i++) {
      const distance = (values[i] as number) - mean;
      if (distance - distance === 0) squares += distance * distance;
    }
    const all = this.#finite + finite;
    const apart = mean - this.#mean;
    this.#mean += (apart * finite) / all;
    this.#squares += squares + (apart * apart * this.#finite * finite) / all;
    this.#finite = all;
  }
}
