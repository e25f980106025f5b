// MinHash and banding: finds texts that share most of their words' sequences. Broder, "On the resemblance and containment
// of documents" (1997); banding as in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.

/** Words of a shingle. */
const SHINGLE = 3;
/** Two texts of Jaccard similarity s meet in a band with probability 1 - (1 - s^ROWS)^BANDS: 0.88 at 0.8, 0.998 at 0.9. */
const BANDS = 9;
const ROWS = 7;

/** The text's shingles as 32-bit hashes: each run of three words, lower case; of shorter texts all words as one. */
export function shinglesOf(text: string): Set<number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const shingles = new Set<number>();
  for (let i = 0; i + SHINGLE <= words.length; i++) shingles.add(hash32(words.slice(i, i + SHINGLE).join(' ')));
  if (shingles.size === 0 && words.length > 0) shingles.add(hash32(words.join(' ')));
  return shingles;
}

/** Shared shingles of all there are; two texts without any are not alike. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0;
  for (const one of a) if (b.has(one)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** A hash for each band of the text's MinHash signature. */
export function bandsOf(shingles: ReadonlySet<number>): Uint32Array {
  const bands = new Uint32Array(BANDS);
  for (let band = 0; band < BANDS; band++) {
    let hash = 0x811c9dc5 ^ band;
    for (let row = 0; row < ROWS; row++) {
      const i = band * ROWS + row;
      const [a, b] = [MULTIPLIERS[i] as number, ADDENDS[i] as number];
      let least = 0xffffffff;
      for (const shingle of shingles) {
        const value = mixed(Math.imul(shingle, a) + b);
        if (value < least) least = value;
      }
      hash = Math.imul(hash ^ least, 0x01000193) ^ (least >>> 15);
    }
    bands[band] = hash >>> 0;
  }
  return bands;
}

/** Earlier rows by the bands of their signatures. */
export class BandIndex {
  #keys = new Uint32Array(1 << 14);
  #rows = new Int32Array(1 << 14).fill(-1);
  #size = 0;

  /** Rows added before that share a band, then adds this one. */
  addAndFind(row: number, bands: Uint32Array): Set<number> {
    const found = new Set<number>();
    for (const [band, hash] of bands.entries()) {
      // the same hash in two bands is no match
      const key = (hash ^ Math.imul(band + 1, 0x9e3779b1)) >>> 0;
      const at = this.#find(this.#keys, this.#rows, key);
      const earlier = this.#rows[at] as number;
      if (earlier >= 0) found.add(earlier);
      else {
        this.#keys[at] = key;
        this.#rows[at] = row;
        this.#size++;
        if (this.#size * 2 > this.#rows.length) this.#grow();
      }
    }
    return found;
  }

  /** Rows that share a band; none is added. */
  find(bands: Uint32Array): Set<number> {
    const found = new Set<number>();
    for (const [band, hash] of bands.entries()) {
      const key = (hash ^ Math.imul(band + 1, 0x9e3779b1)) >>> 0;
      const row = this.#rows[this.#find(this.#keys, this.#rows, key)] as number;
      if (row >= 0) found.add(row);
    }
    return found;
  }

  #find(keys: Uint32Array, rows: Int32Array, key: number): number {
    const mask = rows.length - 1;
    let at = mixed(key) & mask;
    while ((rows[at] as number) >= 0 && keys[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const keys = new Uint32Array(this.#keys.length * 2);
    const rows = new Int32Array(this.#rows.length * 2).fill(-1);
    for (const [at, row] of this.#rows.entries()) {
      if (row < 0) continue;
      const key = this.#keys[at] as number;
      const to = this.#find(keys, rows, key);
      keys[to] = key;
      rows[to] = row;
    }
    this.#keys = keys;
    this.#rows = rows;
  }
}

/** FNV-1a over UTF-16 code units, mixed. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** Murmur3's finalizer: every bit of the input bears on every bit of the result. */
function mixed(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const MULTIPLIERS = Uint32Array.from({ length: BANDS * ROWS }, (_, i) => mixed(2 * i + 1) | 1);
const ADDENDS = Uint32Array.from({ length: BANDS * ROWS }, (_, i) => mixed(2 * i + 2));
