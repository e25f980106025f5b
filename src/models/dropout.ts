// Dropout masks that depend only on (seed, step, place in the network, example): not on batch, padding or machine.
import type { Layout } from './layout.ts';
import type { DropoutSite } from './network.ts';
import type { DropoutKey } from './types.ts';

/** An array of so many elements, whatever they hold. */
export type Allocate = (size: number) => Float32Array;

/**
 * The mask of one site for one batch: 0 where dropped, 1/(1-p) where kept, laid out as the site's values are. What lies
 * at padding is any of the two: nothing reads it.
 */
export function dropoutMask(
  site: DropoutSite,
  index: number,
  key: DropoutKey,
  layout: Layout,
  lengths: Int32Array,
  allocate: Allocate = (size) => new Float32Array(size),
): { data: Float32Array; shape: readonly number[] } {
  const { kind, width } = site;
  if (kind === 'tokens' || kind === 'masked') {
    const counts = kind === 'tokens' ? lengths : layout.maskedLengths;
    const total = kind === 'tokens' ? layout.tokens : layout.masked;
    const data = allocate(total * width);
    const mask = new Mask(data, site.p);
    let at = 0;
    counts.forEach((count, row) => {
      mask.fill(at, count * width, rowState(key, index, row), 0);
      at += count * width;
    });
    return { data, shape: [total, width] };
  }
  const counts = kind === 'attention' ? lengths : layout.maskedLengths;
  const queries = kind === 'attention' ? layout.length : layout.queries;
  const data = allocate(layout.rows * width * queries * layout.length);
  const mask = new Mask(data, site.p);
  counts.forEach((count, row) => {
    const state = rowState(key, index, row);
    const keys = lengths[row] ?? 0;
    let drawn = 0;
    for (let head = 0; head < width; head++) {
      for (let query = 0; query < count; query++) {
        mask.fill(((row * width + head) * queries + query) * layout.length, keys, state, drawn);
        drawn += keys;
      }
    }
  });
  return { data, shape: [layout.rows, width, queries, layout.length] };
}

/** A 32-bit key for the stream of one example at one site. */
function rowState(key: DropoutKey, site: number, row: number): number {
  let state = mix(key.seed ^ 0x9e3779b9);
  state = mix(state ^ key.step);
  state = mix(state ^ site);
  return mix(state ^ (key.firstExample + row));
}

/** Steps of a stream's counter: 2^32 over the golden ratio. */
const STEP = 0x9e3779b9;

/** Writes zeros and 1/(1-p) as the bits of float32, without a branch. p counts in 2^-16. */
class Mask {
  readonly #bits: Int32Array;
  readonly #limit: number;
  readonly #kept: number;

  constructor(data: Float32Array, p: number) {
    this.#bits = new Int32Array(data.buffer, data.byteOffset, data.length);
    this.#limit = Math.round(p * 2 ** 16);
    this.#kept = new Int32Array(new Float32Array([1 / (1 - p)]).buffer)[0] as number;
  }

  /**
   * `count` elements from `at` on, the stream's elements from `first` on. Element i of a stream is a function of the
   * stream's key and i alone: the lower or upper half of the hash of i / 2.
   */
  fill(at: number, count: number, state: number, first: number): void {
    const bits = this.#bits;
    const last = this.#limit - 1;
    const kept = this.#kept;
    const end = first + count;
    let to = at;
    let i = first;
    if (i < end && i % 2 === 1) {
      bits[to++] = ((last - (hash(state, i >>> 1) >>> 16)) >> 31) & kept;
      i++;
    }
    let counter = (state + Math.imul(i >>> 1, STEP)) | 0;
    for (; i + 1 < end; i += 2) {
      const drawn = mix(counter);
      counter = (counter + STEP) | 0;
      bits[to] = ((last - (drawn & 0xffff)) >> 31) & kept;
      bits[to + 1] = ((last - (drawn >>> 16)) >> 31) & kept;
      to += 2;
    }
    if (i < end) bits[to] = ((last - (hash(state, i >>> 1) & 0xffff)) >> 31) & kept;
  }
}

const hash = (state: number, pair: number): number => mix((state + Math.imul(pair, STEP)) | 0);

/** A 32-bit finalizer: every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
