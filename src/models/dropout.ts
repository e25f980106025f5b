// Dropout masks that depend only on (seed, step, place in the network, example): not on batch, padding or machine.
import type { Layout } from './layout.ts';
import type { DropoutSite } from './network.ts';
import type { DropoutKey } from './types.ts';

/** The mask of one site for one batch: 0 where dropped, 1/(1-p) where kept, laid out as the site's values are. */
export function dropoutMask(
  site: DropoutSite,
  index: number,
  key: DropoutKey,
  layout: Layout,
  lengths: Int32Array,
): { data: Float32Array; shape: readonly number[] } {
  const { kind, width } = site;
  if (kind === 'tokens' || kind === 'masked') {
    const counts = kind === 'tokens' ? lengths : layout.maskedLengths;
    const total = kind === 'tokens' ? layout.tokens : layout.masked;
    const data = new Float32Array(total * width);
    let at = 0;
    counts.forEach((count, row) => {
      fill(data, at, count * width, site.p, rowState(key, index, row), 0);
      at += count * width;
    });
    return { data, shape: [total, width] };
  }
  const counts = kind === 'attention' ? lengths : layout.maskedLengths;
  const queries = kind === 'attention' ? layout.length : layout.queries;
  const data = new Float32Array(layout.rows * width * queries * layout.length);
  counts.forEach((count, row) => {
    const state = rowState(key, index, row);
    const keys = lengths[row] ?? 0;
    let drawn = 0;
    for (let head = 0; head < width; head++) {
      for (let query = 0; query < count; query++) {
        fill(data, ((row * width + head) * queries + query) * layout.length, keys, site.p, state, drawn);
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

/** Writes `count` elements from `at` on: element i of a stream is a function of the stream's key and i alone. */
function fill(data: Float32Array, at: number, count: number, p: number, state: number, first: number): void {
  const limit = Math.round(p * 2 ** 32);
  const kept = 1 / (1 - p);
  for (let i = 0; i < count; i++) {
    data[at + i] = mix((state + Math.imul(first + i, 0x9e3779b9)) | 0) >>> 0 < limit ? 0 : kept;
  }
}

/** A 32-bit finalizer: every bit of the input moves every bit of the output. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) | 0;
}
