// What the trainer, the evaluator and the views need of a masked language model, whatever its architecture.
import type { Device } from '../session/session.ts';

/** The rows of a batch end to end, without padding. */
export interface FlatBatch {
  /** Ids of all rows, one row after the other. [tokens] */
  readonly inputIds: Int32Array;
  /** How many tokens each row has. [rows] */
  readonly lengths: Int32Array;
  /** Places in `inputIds` whose label counts (label is not -100), ascending. [masked] */
  readonly maskedPositions: Int32Array;
  /** The true ids at these places. [masked] */
  readonly labels: Int32Array;
  /** Absent: all zero. [tokens] */
  readonly tokenTypeIds?: Int32Array;
}

/** A weight: the optimizer updates `data` in place, a training step writes `grad`. */
export interface Parameter {
  /** Hugging Face's name, as in model.safetensors. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Empty where it is not trained. */
  readonly grad: Float32Array;
  /** Frozen parameters stay as they are: they get no gradient. */
  readonly trainable: boolean;
  /** Whether weight decay applies: not to biases and norm layers. */
  readonly decay: boolean;
}

/** Names the dropout masks of one step: the same key and batch give the same masks, on any machine. */
export interface DropoutKey {
  readonly seed: number;
  readonly step: number;
  /** Index, within the whole step, of this micro-batch's first row. */
  readonly firstExample: number;
}

export interface StepOptions {
  /** The gradient is that of (sum of losses) / normalizer: masked tokens of the whole update, all micro-batches together. */
  readonly normalizer: number;
  /** Add to the gradients that are there (later micro-batches) instead of replacing them. */
  readonly accumulate: boolean;
  /** Absent: no dropout. */
  readonly dropout?: DropoutKey | undefined;
}

export interface StepResult {
  /** Sum of the cross entropies at the masked positions, in nats. */
  readonly lossSum: number;
  readonly masked: number;
}

/** A masked language model with its weights, ready to predict and (if loaded for it) to train. */
export interface MaskedLM {
  readonly modelType: string;
  /** config.json as read. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly vocabSize: number;
  /** The longest row that its positions allow. */
  readonly maxLength: number;
  readonly parameters: readonly Parameter[];
  /** What loading found worth telling, a sentence each: tensors that were left aside, say. */
  readonly notes: readonly string[];
  /** Forward and backward over one micro-batch; a batch without masked positions is an error. */
  trainStep(batch: FlatBatch, options: StepOptions): Promise<StepResult>;
  /** Loss and hits (argmax equals label) at the masked positions, without dropout. */
  evaluate(batch: FlatBatch): Promise<StepResult & { readonly correct: number }>;
  /** Logits at the masked positions, row-major. [masked, vocab] */
  predict(batch: FlatBatch): Promise<Float32Array>;
  /** Attention probabilities of one row, layer by layer, without dropout: [heads, queries, keys], row-major. */
  attention(inputIds: Int32Array): Promise<{ readonly heads: number; readonly layers: readonly Float32Array[] }>;
  release(): Promise<void>;
}

export interface LoadOptions {
  /** Loaded to train: gradients are allocated and the backward graph is built. */
  readonly train: boolean;
  /** Threads of the math library; absent: its own choice. */
  readonly threads?: number | undefined;
  /** The CPU unless told. */
  readonly device?: Device | undefined;
  /** Parameters, by name, that training leaves as they are. */
  readonly frozen?: ((name: string) => boolean) | undefined;
  /** Each graph writes a profile of its operators to a file that starts so, when the model is released. */
  readonly profilePrefix?: string | undefined;
}
