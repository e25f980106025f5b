// The Mersenne Twister that torch's CPU generator and NumPy's legacy global state share.
// Source: Matsumoto and Nishimura, "Mersenne Twister" (1998), with the 2002 initialization by Knuth's recurrence.

const N = 624;
const M = 397;

/** A generator's state as data: it goes into a checkpoint and comes back the same. */
export interface Mt19937State {
  readonly key: readonly number[];
  /** Words of `key` already given out, 0 to 624. */
  readonly position: number;
}

export class Mt19937 {
  readonly #key = new Uint32Array(N);
  #position = N;

  /** Only the seed's low 32 bits count, as in torch and NumPy. */
  constructor(seed: number) {
    this.seed(seed);
  }

  seed(seed: number): void {
    let word = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let i = 0; i < N; i++) {
      this.#key[i] = word;
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i + 1) >>> 0;
    }
    this.#position = N;
  }

  /** The next 32 bits, as a number from 0 to 2^32 - 1. */
  next(): number {
    if (this.#position === N) this.#twist();
    let y = this.#key[this.#position++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  get state(): Mt19937State {
    return { key: [...this.#key], position: this.#position };
  }

  set state(state: Mt19937State) {
    if (state.key.length !== N || !(state.position >= 0 && state.position <= N)) {
      throw new RangeError('Not the state of a Mersenne Twister: it holds 624 words and a position from 0 to 624.');
    }
    this.#key.set(state.key);
    this.#position = state.position;
  }

  #twist(): void {
    const key = this.#key;
    for (let i = 0; i < N; i++) {
      const y = ((key[i] as number) & 0x80000000) | ((key[(i + 1) % N] as number) & 0x7fffffff);
      key[i] = (key[(i + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
