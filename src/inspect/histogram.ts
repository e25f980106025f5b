// How numbers that come in pieces are spread, without knowing their range before.
import type { Histogram } from '../protocol/model.ts';

/** Bins at the most. */
const BINS = 64;

/**
 * Bins are multiples of a power of two, the finest that fits: when a number falls outside, two bins become one, so the
 * counts are exact.
 */
export class HistogramBuilder {
  #width = 0;
  #first = 0;
  #counts = new Float64Array(BINS);

  /** `min` and `max`: of the finite numbers among `values`. */
  add(values: ArrayLike<number>, from: number, to: number, min: number, max: number): void {
    this.#fit(min, max);
    const counts = this.#counts;
    const first = this.#first;
    const scale = 1 / this.#width;
    for (let i = from; i < to; i++) {
      const bin = Math.floor((values[i] as number) * scale) - first;
      // NaN and infinities fall outside
      if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] as number) + 1;
    }
  }

  /** Null before the first number. */
  get result(): Histogram | null {
    if (this.#width === 0) return null;
    let end = BINS;
    while (end > 1 && this.#counts[end - 1] === 0) end--;
    let start = 0;
    while (start < end - 1 && this.#counts[start] === 0) start++;
    return { first: this.#first + start, width: this.#width, counts: Array.from(this.#counts.subarray(start, end)) };
  }

  /** Makes room for `min` and `max`. */
  #fit(min: number, max: number): void {
    if (this.#width === 0) {
      this.#width = finest(min, max);
      this.#first = Math.floor(min / this.#width);
      return;
    }
    const [low, high] = this.#ends();
    let width = this.#width;
    const lowest = (of: number) => Math.min(Math.floor(min / of), Math.floor(low / of));
    const highest = (of: number) => Math.max(Math.floor(max / of), Math.floor(high / of));
    while (highest(width) - lowest(width) >= BINS) width *= 2;
    const first = lowest(width);
    if (width === this.#width && first === this.#first) return;
    const counts = new Float64Array(BINS);
    for (let bin = 0; bin < BINS; bin++) {
      const count = this.#counts[bin] as number;
      if (count === 0) continue;
      const to = Math.floor(((this.#first + bin) * this.#width) / width) - first;
      counts[to] = (counts[to] as number) + count;
    }
    this.#counts = counts;
    this.#width = width;
    this.#first = first;
  }

  /** The lower edges of the outermost bins that hold something. */
  #ends(): readonly [number, number] {
    const filled = [...this.#counts.keys()].filter((bin) => this.#counts[bin] !== 0);
    return [filled[0] ?? 0, filled.at(-1) ?? 0].map((bin) => (this.#first + bin) * this.#width) as [number, number];
  }
}

/** The smallest power of two, not below the numbers' own precision, of which `BINS` span the range. */
function finest(min: number, max: number): number {
  const size = Math.max(Math.abs(min), Math.abs(max));
  const precision = size > 0 ? 2 ** Math.max(-1000, Math.floor(Math.log2(size)) - 20) : 1;
  const range = (max - min) / BINS;
  let width = Math.max(precision, range > 0 ? 2 ** Math.floor(Math.log2(range)) : 0);
  while (Math.floor(max / width) - Math.floor(min / width) >= BINS) width *= 2;
  return width;
}
