// torch's CPU generator: torch.manual_seed and what the collator and the samplers draw from it.
import { Mt19937, type Mt19937State } from './mt19937.ts';

export class TorchGenerator {
  readonly #twister: Mt19937;

  /** As `torch.manual_seed(seed)`. */
  constructor(seed: number) {
    this.#twister = new Mt19937(seed);
  }

  manualSeed(seed: number): void {
    this.#twister.seed(seed);
  }

  /** One raw 32-bit word. */
  word(): number {
    return this.#twister.next();
  }

  /** Draws `count` words and forgets them. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) this.#twister.next();
  }

  /** One element of torch.rand in float32: 24 random bits, in [0, 1). */
  rand(): number {
    return (this.#twister.next() & 0xffffff) / 0x1000000;
  }

  /** One element of torch.bernoulli over a float32 tensor: true with probability `p`. A word is drawn even for p = 0. */
  bernoulli(p: number): boolean {
    return this.rand() < Math.fround(p);
  }

  /** One element of torch.randint(high): the word modulo `high`. high from 1 to 2^32 - 1. */
  randint(high: number): number {
    return this.#twister.next() % high;
  }

  /** torch.randperm(n) for n below 2^32 / 20, where torch takes one word for each swap. [n] */
  randperm(n: number): Int32Array {
    const permutation = new Int32Array(n);
    for (let i = 0; i < n; i++) permutation[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.#twister.next() % (n - i));
      const swapped = permutation[i] as number;
      permutation[i] = permutation[j] as number;
      permutation[j] = swapped;
    }
    return permutation;
  }

  get state(): Mt19937State {
    return this.#twister.state;
  }

  set state(state: Mt19937State) {
    this.#twister.state = state;
  }
}
