// NumPy's default_rng: PCG64 (XSL-RR 128/64) seeded by SeedSequence.
// Sources: O'Neill, "PCG" (HMC-CS-2014-0905); O'Neill, "Developing a seed_seq alternative" (2015); Lemire,
// "Fast random integer generation in an interval" (2019).
import { ClozeError } from '../base/errors.ts';
import { binomialOne } from './binomial.ts';

const MULTIPLIER = (2549297995355413924n << 64n) + 4865540595714422341n;

/** The state as data: 128-bit numbers in decimal, and the upper half of a word that was given out by half. */
export interface NumpyGeneratorState {
  readonly state: string;
  readonly increment: string;
  readonly half: number | null;
}

export class NumpyGenerator {
  #state: bigint;
  #increment: bigint;
  #half: number | null = null;

  /** As `np.random.default_rng(seed)`: a whole number, not negative. */
  constructor(seed: number | bigint) {
    if (seed < 0 || (typeof seed === 'number' && !Number.isSafeInteger(seed))) {
      throw new ClozeError('bad-argument', `NumPy's seed ${seed} is not a whole number from 0.`);
    }
    const [a, b, c, d] = seedWords(BigInt(seed)) as [bigint, bigint, bigint, bigint];
    this.#increment = BigInt.asUintN(128, (((c << 64n) | d) << 1n) | 1n);
    this.#state = 0n;
    this.#step();
    this.#state = BigInt.asUintN(128, this.#state + ((a << 64n) | b));
    this.#step();
  }

  /** One element of rng.binomial(1, p). Nothing is drawn for p = 0. */
  binomial(p: number): number {
    return p === 0 ? 0 : binomialOne(p, this.#uniform);
  }

  /** One element of rng.integers(high), for high from 1 to 2^32 - 1: Lemire's method on 32-bit halves. */
  integers(high: number): number {
    if (high === 1) return 0;
    const range = BigInt(high);
    let product = BigInt(this.#next32()) * range;
    let low = product & 0xffffffffn;
    if (low < range) {
      const threshold = (0x100000000n - range) % range;
      while (low < threshold) {
        product = BigInt(this.#next32()) * range;
        low = product & 0xffffffffn;
      }
    }
    return Number(product >> 32n);
  }

  get state(): NumpyGeneratorState {
    return { state: String(this.#state), increment: String(this.#increment), half: this.#half };
  }

  set state(state: NumpyGeneratorState) {
    this.#state = BigInt(state.state);
    this.#increment = BigInt(state.increment);
    this.#half = state.half;
  }

  #step(): void {
    this.#state = BigInt.asUintN(128, this.#state * MULTIPLIER + this.#increment);
  }

  #next64(): bigint {
    this.#step();
    const xored = (this.#state >> 64n) ^ BigInt.asUintN(64, this.#state);
    const rotation = this.#state >> 122n;
    return BigInt.asUintN(64, (xored >> rotation) | (xored << (64n - rotation)));
  }

  /** The low half of a new word first, its high half the next time. */
  #next32(): number {
    if (this.#half !== null) {
      const half = this.#half;
      this.#half = null;
      return half;
    }
    const word = this.#next64();
    this.#half = Number(word >> 32n);
    return Number(word & 0xffffffffn);
  }

  #uniform = (): number => Number(this.#next64() >> 11n) / 9007199254740992;
}

/** SeedSequence(seed).generate_state(4, uint64): the seed's words mixed into a pool of four. */
function seedWords(seed: bigint): bigint[] {
  const entropy: number[] = [];
  for (let left = seed; entropy.length === 0 || left > 0n; left >>= 32n) entropy.push(Number(left & 0xffffffffn));
  const pool = mixEntropy(entropy);
  let constant = 0x8b51f9dd;
  const words = Array.from({ length: 8 }, (_, i) => {
    let word = (pool[i % 4] as number) ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    word = Math.imul(word, constant);
    return BigInt((word ^ (word >>> 16)) >>> 0);
  });
  return [0, 2, 4, 6].map((i) => (words[i] as bigint) | ((words[i + 1] as bigint) << 32n));
}

function mixEntropy(entropy: readonly number[]): number[] {
  let constant = 0x43b0d7e5;
  const hash = (value: number): number => {
    let word = value ^ constant;
    constant = Math.imul(constant, 0x931e8875);
    word = Math.imul(word, constant);
    return (word ^ (word >>> 16)) >>> 0;
  };
  const mix = (x: number, y: number): number => {
    const word = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
    return (word ^ (word >>> 16)) >>> 0;
  };
  const pool = Array.from({ length: 4 }, (_, i) => hash(entropy[i] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) pool[to] = mix(pool[to] as number, hash(pool[from] as number));
    }
  }
  for (const word of entropy.slice(4)) {
    for (let to = 0; to < 4; to++) pool[to] = mix(pool[to] as number, hash(word));
  }
  return pool;
}
