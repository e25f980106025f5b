// The training data loader: batches in Trainer's order, drawn one ahead as Python draws them, and saved exactly.
import type { MaskedBatch } from '../collate/data-collator.ts';
import { type Batches, batchesOf, groupedByLength } from '../data/samplers.ts';
import type { TokenRow, TokenRows } from '../data/token-rows.ts';
import type { Mt19937State } from '../random/mt19937.ts';
import { TorchGenerator } from '../random/torch.ts';

export interface LoaderOptions {
  readonly rows: TokenRows;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly groupByLength: boolean;
  /** group_by_length: rows whose lengths are sorted together. */
  readonly rowsPerStep: number;
  /** data_seed, else seed. */
  readonly seed: number;
  /** torch's global generator, shared with collator and evaluation. */
  readonly generator: TorchGenerator;
  readonly collate: (rows: readonly TokenRow[]) => MaskedBatch;
}

/** Where a loader stands, as data. */
export interface LoaderState {
  readonly epoch: number;
  /** Batches of this epoch that were handed out. */
  readonly taken: number;
  /** The global generator when this epoch's order was drawn (group_by_length). */
  readonly atOrder: Mt19937State;
  /** The global generator just before the batch that was drawn ahead; null when none was. */
  readonly beforeAhead: Mt19937State | null;
}

export class Loader {
  readonly #options: LoaderOptions;
  #epoch = 0;
  #batches: Batches = batchesOf(new Int32Array(0), 1, false);
  #taken = 0;
  #atOrder: Mt19937State;
  #beforeAhead: Mt19937State | null = null;
  #ahead: MaskedBatch | null = null;

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#atOrder = options.generator.state;
  }

  /** Starts epoch `epoch`: the iterator takes its base seed (two words), then the order is drawn. */
  start(epoch: number): void {
    const { generator } = this.#options;
    generator.skip(2);
    this.#epoch = epoch;
    this.#taken = 0;
    this.#atOrder = generator.state;
    this.#batches = this.#order();
    this.#drawAhead();
  }

  /** The next batch of the epoch; null when it is over. */
  next(): MaskedBatch | null {
    const batch = this.#ahead;
    if (!batch) return null;
    this.#taken++;
    this.#drawAhead();
    return batch;
  }

  get state(): LoaderState {
    return { epoch: this.#epoch, taken: this.#taken, atOrder: this.#atOrder, beforeAhead: this.#beforeAhead };
  }

  /** Goes on from a saved place. The generator is left as it is now: its own state is saved beside this one. */
  restore(state: LoaderState): void {
    const { generator } = this.#options;
    const now = generator.state;
    this.#epoch = state.epoch;
    this.#taken = state.taken;
    this.#atOrder = state.atOrder;
    generator.state = state.atOrder;
    this.#batches = this.#order();
    if (state.beforeAhead) generator.state = state.beforeAhead;
    this.#drawAhead();
    generator.state = now;
  }

  #order(): Batches {
    const { rows, batchSize, dropLast, groupByLength, rowsPerStep, seed, generator } = this.#options;
    const order = groupByLength
      ? groupedByLength(rows, rowsPerStep, generator)
      : new TorchGenerator(seed + this.#epoch).randperm(rows.length);
    return batchesOf(order, batchSize, dropLast);
  }

  #drawAhead(): void {
    const numbers = this.#batches.at(this.#taken);
    this.#beforeAhead = numbers ? this.#options.generator.state : null;
    this.#ahead = numbers ? this.#options.collate(Array.from(numbers, (i) => this.#options.rows.row(i))) : null;
  }
}
