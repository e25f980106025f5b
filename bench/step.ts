// Times training steps of one model: node --import tsx bench/step.ts '{"layers":2,"hidden":128,…}', prints one JSON line.
// In a process of its own, so that its peak memory is its own.
import { initMaskedLM } from '../src/models/init.ts';
import type { FlatBatch } from '../src/models/types.ts';
import { AdamW, clipFactor, gradientNorm } from '../src/train/adamw.ts';

export interface StepCase {
  readonly layers: number;
  readonly hidden: number;
  readonly vocab: number;
  readonly rows: number;
  readonly length: number;
  /** Rows of all lengths from 8 up, instead of full ones. */
  readonly ragged: boolean;
  readonly dropout: number;
  readonly threads?: number;
  readonly steps: number;
}

/** Milliseconds are medians over the steps after two for warming up. */
export interface StepTimes {
  readonly tokens: number;
  readonly masked: number;
  readonly parameters: number;
  /** Whole step: forward, backward, clipping, AdamW. */
  readonly step: number;
  /** Of it: the forward pass, as evaluation runs it. */
  readonly forward: number;
  /** Of it: the rest of trainStep. */
  readonly backward: number;
  /** Of it: gradient norm, clipping, AdamW. */
  readonly optimizer: number;
  readonly tokensPerSecond: number;
  /** MB of the process, weights, gradients and moments among them. */
  readonly peakMemory: number;
}

const spec = JSON.parse(process.argv[2] ?? '{}') as StepCase;
console.log(JSON.stringify(await measure(spec)));

async function measure(spec: StepCase): Promise<StepTimes> {
  const model = initMaskedLM(
    {
      model_type: 'bert',
      vocab_size: spec.vocab,
      hidden_size: spec.hidden,
      num_hidden_layers: spec.layers,
      num_attention_heads: spec.hidden / 64,
      intermediate_size: 4 * spec.hidden,
      max_position_embeddings: 512,
      hidden_dropout_prob: spec.dropout,
      attention_probs_dropout_prob: spec.dropout,
    },
    1,
    { train: true, threads: spec.threads },
  );
  const optimizer = new AdamW(model.parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
  const batch = randomBatch(spec);
  const times: number[][] = [];
  for (let step = 0; step < spec.steps + 2; step++) {
    const start = performance.now();
    await model.trainStep(batch, {
      normalizer: batch.labels.length,
      accumulate: false,
      dropout: spec.dropout > 0 ? { seed: 1, step, firstExample: 0 } : undefined,
    });
    const trained = performance.now();
    optimizer.update(1e-4, clipFactor(gradientNorm(model.parameters), 1));
    const updated = performance.now();
    await model.evaluate(batch);
    times.push([updated - start, performance.now() - updated, trained - start, updated - trained]);
  }
  const [step = 0, forward = 0, both = 0, update = 0] = [0, 1, 2, 3].map((i) =>
    median(times.slice(2).map((t) => t[i] ?? 0)),
  );
  return {
    tokens: batch.inputIds.length,
    masked: batch.labels.length,
    parameters: model.parameters.reduce((total, { data }) => total + data.length, 0),
    step,
    forward,
    backward: both - forward,
    optimizer: update,
    tokensPerSecond: (1000 * batch.inputIds.length) / step,
    peakMemory: process.resourceUsage().maxRSS / 1000,
  };
}

/** 15 % of the tokens masked, never none. */
function randomBatch({ rows, length, ragged, vocab }: StepCase): FlatBatch {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const lengths = Int32Array.from({ length: rows }, (_, i) =>
    // the first row is full, so that padding would go to the full length
    ragged && i > 0 ? 8 + Math.floor(random() * (length - 7)) : length,
  );
  const tokens = lengths.reduce((total, size) => total + size, 0);
  const inputIds = Int32Array.from({ length: tokens }, () => Math.floor(random() * vocab));
  const positions = [...inputIds.keys()].filter((i) => i === 0 || random() < 0.15);
  return {
    inputIds,
    lengths,
    maskedPositions: Int32Array.from(positions),
    labels: Int32Array.from(positions, () => Math.floor(random() * vocab)),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
