// Tokenized rows end to end in memory: four bytes a token.

export class TokenRows {
  #ids = new Int32Array(1 << 16);
  #starts = new Float64Array(1 << 10);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get tokens(): number {
    return this.#starts[this.#length] ?? 0;
  }

  push(ids: Int32Array): void {
    const end = this.tokens + ids.length;
    if (end > this.#ids.length) this.#ids = grown(this.#ids, new Int32Array(Math.max(end, this.#ids.length * 2)));
    if (this.#length + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, new Float64Array(this.#starts.length * 2));
    }
    this.#ids.set(ids, this.tokens);
    this.#starts[++this.#length] = end;
  }

  /** The ids of row i, a view. */
  row(i: number): Int32Array {
    return this.#ids.subarray(this.#starts[i], this.#starts[i + 1]);
  }

  lengthOf(i: number): number {
    return (this.#starts[i + 1] ?? 0) - (this.#starts[i] ?? 0);
  }

  /** The first `count` rows, sharing memory. */
  first(count: number): TokenRows {
    const rows = new TokenRows();
    rows.#ids = this.#ids;
    rows.#starts = this.#starts;
    rows.#length = Math.min(count, this.#length);
    return rows;
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
