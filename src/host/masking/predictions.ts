// The predictions of one panel's table: asked for, followed, cancelled, forgotten with the table.
import type { MaskingTable } from '../../protocol/masking.ts';
import type { PredictionState } from '../../protocol/masking-page.ts';
import { isCancelledError, toWireError } from '../../protocol/rpc.ts';
import type { EngineClient } from '../engine-client.ts';
import { Lifetime, onEnd } from '../lifetime.ts';

const TOP_K = 5;

/** The label of tokens that do not count in the loss. */
const IGNORED = -100;

export class PanelPredictions extends Lifetime {
  readonly #engine: EngineClient;
  readonly #changed: (state: PredictionState) => void;
  #state: PredictionState = { kind: 'none' };
  #running: AbortController | undefined;

  constructor(engine: EngineClient, changed: (state: PredictionState) => void) {
    super();
    this.#engine = engine;
    this.#changed = changed;
    this.register(onEnd(() => this.#running?.abort()));
  }

  /** Predicts at every chosen position of `table`, or at `position` alone, from the sequence as it is shown. */
  async predict(model: string, table: MaskingTable, position: number | null): Promise<void> {
    this.#running?.abort();
    const request = new AbortController();
    this.#running = request;
    const before = this.#state.kind === 'done' ? this.#state : undefined;
    const positions = table.columns.flatMap((column, index) =>
      (position === null ? column.label !== IGNORED : index === position)
        ? [{ position: index, trueId: column.inputId }]
        : [],
    );
    const progress = (done: number, total: number) => {
      if (this.#running === request) this.#set({ kind: 'running', done, total });
    };
    progress(0, positions.length);
    try {
      const inputIds = table.columns.map((column) => column.maskedInputId);
      const result = await this.#engine.call(
        'masking.predict',
        { model, inputIds, positions, topK: TOP_K },
        { signal: request.signal, onProgress: ({ done, total }) => progress(done, total) },
      );
      if (this.#running !== request) return;
      const asked = new Set(positions.map((one) => one.position));
      const kept = before?.predictions.filter((one) => !asked.has(one.position)) ?? [];
      const predictions = [...kept, ...result.predictions].sort((a, b) => a.position - b.position);
      const meanLoss = position === null ? result.meanLoss : (before?.meanLoss ?? null);
      this.#set({ kind: 'done', predictions, meanLoss });
    } catch (error) {
      if (this.#running !== request) return;
      if (isCancelledError(error)) this.#set(before ?? { kind: 'none' });
      else this.#set({ kind: 'failed', error: toWireError(error) });
    }
  }

  cancel(): void {
    this.#running?.abort();
  }

  /** The table they belong to is gone. */
  clear(): void {
    this.#running?.abort();
    this.#running = undefined;
    if (this.#state.kind !== 'none') this.#set({ kind: 'none' });
  }

  #set(state: PredictionState): void {
    this.#state = state;
    this.#changed(state);
  }
}
