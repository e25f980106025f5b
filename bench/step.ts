// Times training steps of one model: node --import tsx bench/step.ts '{"layers":2,"hidden":128,…}', prints one JSON line.
// In a process of its own, so that its peak memory is its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initMaskedLM } from '../src/models/init.ts';
import { AdamW, clipFactor, gradientNorm } from '../src/train/adamw.ts';
import { type BatchSpec, randomBatch } from './batch.ts';
import { measurePeak, stepFlops } from './flops.ts';
import { readProfile } from './profile.ts';

export interface StepCase extends BatchSpec {
  readonly layers: number;
  readonly hidden: number;
  readonly dropout: number;
  readonly threads?: number;
  readonly steps: number;
  /** Tells where the time of a step goes, and how much of the machine's peak it reaches. */
  readonly profile?: boolean;
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
  readonly profile?: {
    /** Operations a second of the whole step, and of the machine's best matrix product. */
    readonly flops: number;
    readonly peakFlops: number;
    /** Milliseconds a step by kind of work. */
    readonly times: Readonly<Record<string, number>>;
  };
}

const spec = JSON.parse(process.argv[2] ?? '{}') as StepCase;
console.log(JSON.stringify(await measure(spec)));

async function measure(spec: StepCase): Promise<StepTimes> {
  const folder = spec.profile ? mkdtempSync(join(tmpdir(), 'cloze-bench-')) : undefined;
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
    { train: true, threads: spec.threads, profilePrefix: folder && join(folder, 'profile') },
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
  const peakMemory = process.resourceUsage().maxRSS / 1000;
  await model.release();
  const profile =
    folder === undefined
      ? {}
      : {
          profile: {
            flops: stepFlops(spec, batch) / (step / 1000),
            peakFlops: await measurePeak(spec.threads),
            times: whereTimeGoes(readProfile(folder, 'profile-train', spec.steps), both, update),
          },
        };
  if (folder !== undefined) rmSync(folder, { recursive: true });
  return {
    tokens: batch.inputIds.length,
    masked: batch.labels.length,
    parameters: model.parameters.reduce((total, { data }) => total + data.length, 0),
    step,
    forward,
    backward: both - forward,
    optimizer: update,
    tokensPerSecond: (1000 * batch.inputIds.length) / step,
    peakMemory,
    ...profile,
  };
}

function whereTimeGoes({ all = 0, ...operators }: Record<string, number>, trainStep: number, update: number) {
  const known = Object.values(operators).reduce((sum, ms) => sum + ms, 0);
  return {
    ...operators,
    'around the operators': Math.max(0, all - known),
    'batch, dropout masks, rows of embeddings': Math.max(0, trainStep - all),
    'clipping and AdamW': update,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
