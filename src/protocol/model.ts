// What the model panel shows of a model: its parts, its tensors in numbers, and what is wrong with it.

/** A tensor as the headers tell it. */
export interface TensorOutline {
  readonly name: string;
  readonly shape: readonly number[];
  /** As the file writes it: F32, BF16 … */
  readonly dtype: string;
  readonly bytes: number;
}

/** Over the finite numbers, in float64; null where there is none. */
export interface TensorNumbers {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Of the population: divided by the count, not by one less. */
  readonly std: number | null;
  readonly zeros: number;
  readonly nan: number;
  /** Of either sign. */
  readonly inf: number;
}

/** Bin i holds the finite numbers from (first + i) · width to (first + i + 1) · width. */
export interface Histogram {
  readonly first: number;
  /** A power of two. */
  readonly width: number;
  readonly counts: readonly number[];
}

export interface TensorReport extends TensorOutline, TensorNumbers {}

/** The numbers of the tensor at `index` of the outline. `failed`: why it could not be read. */
export interface TensorStatistics extends TensorNumbers {
  readonly index: number;
  readonly histogram: Histogram | null;
  readonly failed?: string;
}

/** One thing that was looked at, in a sentence. `error`: it keeps the model from working here. */
export interface Check {
  readonly severity: 'error' | 'warning' | 'ok';
  readonly text: string;
}

export interface ModelOutline {
  /** Null where there is no config.json, or it names none. */
  readonly model_type: string | null;
  /** Numbers that are trained, those of tied weights once. */
  readonly parameters: number;
  readonly tensors: readonly TensorOutline[];
  /** Whether the output layer is the word embedding; null where config.json does not tell. */
  readonly tied: boolean | null;
  readonly kind: 'safetensors' | 'onnx';
  /** Where config.json and the tokenizer would lie. */
  readonly folder: string;
  /** Of the files that hold the tensors. */
  readonly bytes: number;
  /** Whether a masked-LM head is there whole; null where the architecture is not known. */
  readonly head: boolean | null;
  /** Whether it can predict and be trained here. */
  readonly usable: boolean;
  readonly checks: readonly Check[];
  /** The word embedding's name, where a tokenizer names its rows. */
  readonly embedding: string | null;
  readonly onnx: OnnxOutline | null;
}

export interface OnnxValue {
  readonly name: string;
  /** As int64 [batch, length]. */
  readonly type: string;
}

export interface OnnxOutline {
  readonly producer: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  /** The most frequent first; `name` with its domain where that is not ONNX's own. */
  readonly operators: readonly { readonly name: string; readonly count: number }[];
}

/** Rows and columns of a tensor seen as a matrix: all but the last dimension are rows. */
export interface TensorWindow {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

export interface TensorSlice extends TensorWindow {
  /** Sizes of the whole matrix. */
  readonly allRows: number;
  readonly allColumns: number;
  readonly values: readonly (readonly number[])[];
}

export interface NearToken {
  readonly id: number;
  readonly token: string;
  readonly cosine: number;
}

export interface TensorChange {
  readonly name: string;
  readonly shape: readonly number[];
  /** ‖B - A‖ / ‖A‖; null where A is all zeros. Over places where both are finite, in float64. */
  readonly relative_change: number | null;
  /** A · B / (‖A‖ ‖B‖); null where one is all zeros. */
  readonly cosine: number | null;
}

export interface Comparison {
  /** Tensors of the same name and shape, the one that moved most first. */
  readonly tensors: readonly TensorChange[];
  readonly only_in_a: readonly string[];
  readonly only_in_b: readonly string[];
  readonly reshaped: readonly { readonly name: string; readonly a: readonly number[]; readonly b: readonly number[] }[];
  /** Settings of config.json that differ; null where one has no config.json. */
  readonly config: readonly ConfigChange[] | null;
  /** Null where one has no tokenizer.json. */
  readonly vocabulary: VocabularyChange | null;
}

/** Null stands for absent. */
export interface ConfigChange {
  readonly name: string;
  readonly a: unknown;
  readonly b: unknown;
}

export interface VocabularyChange {
  readonly only_in_a: readonly string[];
  readonly only_in_b: readonly string[];
  /** Tokens whose id differs. */
  readonly renumbered: number;
}

export interface TokenLoss {
  /** In the row, special tokens counted. */
  readonly position: number;
  readonly token: string;
  readonly id: number;
  /** Cross entropy of the token where only it is masked, in nats. */
  readonly loss: number;
  /** Of the token among the guesses; 1 is the first. */
  readonly rank: number;
  /** The model's first guess. */
  readonly prediction: string;
}

export interface TextLosses {
  /** Without special tokens. */
  readonly tokens: readonly TokenLoss[];
  /** Mean of the losses; null where there is no token. */
  readonly loss: number | null;
  /** exp of the mean loss. */
  readonly pseudo_perplexity: number | null;
}

/** A sentence as the model reads it. */
export interface Sentence {
  readonly tokens: readonly { readonly id: number; readonly token: string; readonly special: boolean }[];
  readonly maskId: number;
  readonly maskToken: string;
}

/** Attention probabilities by layer: [heads, queries, keys] row-major, each query's sum being 1. */
export interface Attentions {
  readonly tokens: readonly string[];
  readonly heads: number;
  readonly layers: readonly Float32Array[];
}

export interface RowsRequest {
  /** A file of text: one text a line, or a column. */
  readonly file: string;
  /** Null: the column that training would read. */
  readonly column: string | null;
  /** The first texts that are not blank. */
  readonly rows: number;
  readonly mlmProbability: number;
  readonly seed: number;
}

/** Over the same masked tokens. */
export interface MaskedFigures {
  /** Mean over the masked tokens, in nats. */
  readonly loss: number;
  /** Share of the masked tokens that are the model's first guess. */
  readonly accuracy: number;
}

/** Mean losses of both models. */
export interface LossPair {
  readonly a: number;
  readonly b: number;
}

export interface RowLosses extends LossPair {
  /** Among the rows, from 0. */
  readonly row: number;
  /** Its beginning. */
  readonly text: string;
  readonly masked: number;
}

export interface TokenLosses extends LossPair {
  readonly id: number;
  readonly token: string;
  /** How often it was masked. */
  readonly masked: number;
}

/** Two models on the same masks of the same rows. Gained: B's loss is smaller than A's; the largest difference first. */
export interface RowsComparison {
  readonly rows: number;
  readonly masked: number;
  readonly a: MaskedFigures;
  readonly b: MaskedFigures;
  readonly rowsGained: readonly RowLosses[];
  readonly rowsLost: readonly RowLosses[];
  readonly tokensGained: readonly TokenLosses[];
  readonly tokensLost: readonly TokenLosses[];
}
