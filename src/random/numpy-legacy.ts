// NumPy's legacy global state (np.random.seed and np.random.*), as transformers' set_seed leaves it.
import { ClozeError } from '../base/errors.ts';
import { binomialOne } from './binomial.ts';
import { Mt19937, type Mt19937State } from './mt19937.ts';

export class NumpyLegacy {
  readonly #twister: Mt19937;

  /** As `np.random.seed(seed)`: a whole number from 0 to 2^32 - 1, else an error, as in NumPy. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new ClozeError('bad-argument', `NumPy's seed ${seed} is not a whole number from 0 to 4294967295.`);
    }
    this.#twister = new Mt19937(seed);
  }

  /** 53 random bits in [0, 1), from two words. */
  #uniform = (): number => {
    const high = this.#twister.next() >>> 5;
    const low = this.#twister.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  };

  /** One element of np.random.binomial(1, p). A number is drawn even for p = 0. */
  binomial(p: number): number {
    return binomialOne(p, this.#uniform);
  }

  /** One element of np.random.randint(high): masked rejection. high from 1 to 2^32. */
  randint(high: number): number {
    return this.#upTo(high - 1);
  }

  /** np.random.permutation(n). [n] */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.#upTo(i);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  }

  get state(): Mt19937State {
    return this.#twister.state;
  }

  set state(state: Mt19937State) {
    this.#twister.state = state;
  }

  #upTo(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.#twister.next() & mask) >>> 0;
      if (value <= max) return value;
    }
  }
}
