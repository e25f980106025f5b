// Tokenized rows: what the loaders ask of them, and rows in memory.
import type { Feature } from '../collate/batch.ts';

/** One row: its ids, and where words start if that was kept. */
export interface TokenRow {
  readonly ids: Int32Array;
  readonly wordStarts?: Uint8Array | undefined;
}

/** The row as the collator takes it; words are numbered by where they start. */
export function featureOf({ ids, wordStarts }: TokenRow): Feature {
  if (!wordStarts) return { inputIds: ids };
  let word = 0;
  return { inputIds: ids, wordIds: Array.from(wordStarts, (starts) => (word += starts)) };
}

/** Rows to be read in any order. */
export interface TokenRows {
  readonly length: number;
  /** Of all rows. */
  readonly tokens: number;
  row(i: number): TokenRow;
  lengthOf(i: number): number;
  /** The first `count` rows; closed with these. */
  first(count: number): TokenRows;
  close(): void;
}

/** Where rows go as they are made. */
export interface RowSink {
  push(row: TokenRow): void;
  /** Called now and then: time to write. */
  flush?(): Promise<void>;
}

/** Rows end to end in memory: four bytes a token, five with the starts of words. */
export class MemoryRows implements TokenRows, RowSink {
  #ids = new Int32Array(1 << 16);
  #wordStarts: Uint8Array | null = null;
  #starts = new Float64Array(1 << 10);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get tokens(): number {
    return this.#starts[this.#length] ?? 0;
  }

  push({ ids, wordStarts }: TokenRow): void {
    const end = this.tokens + ids.length;
    if (end > this.#ids.length) this.#ids = grown(this.#ids, new Int32Array(Math.max(end, this.#ids.length * 2)));
    if (this.#length + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, new Float64Array(this.#starts.length * 2));
    }
    if (wordStarts) {
      const kept = this.#wordStarts ?? new Uint8Array(this.#ids.length);
      this.#wordStarts = kept.length < this.#ids.length ? grown(kept, new Uint8Array(this.#ids.length)) : kept;
      this.#wordStarts.set(wordStarts, this.tokens);
    }
    this.#ids.set(ids, this.tokens);
    this.#starts[++this.#length] = end;
  }

  /** Row i, as views. */
  row(i: number): TokenRow {
    const [start, end] = [this.#starts[i], this.#starts[i + 1]];
    return { ids: this.#ids.subarray(start, end), wordStarts: this.#wordStarts?.subarray(start, end) };
  }

  lengthOf(i: number): number {
    return (this.#starts[i + 1] ?? 0) - (this.#starts[i] ?? 0);
  }

  first(count: number): MemoryRows {
    const rows = new MemoryRows();
    rows.#ids = this.#ids;
    rows.#wordStarts = this.#wordStarts;
    rows.#starts = this.#starts;
    rows.#length = Math.min(count, this.#length);
    return rows;
  }

  close(): void {}
}

function grown<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
