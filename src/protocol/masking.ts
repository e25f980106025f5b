// What the masking table is made of: the request for one, the table, and its predictions.

/** Which of Python's random streams the collator draws from. */
export type RandomStream = 'torch' | 'numpy' | 'numpy-seeded';
export const RANDOM_STREAMS: readonly RandomStream[] = ['torch', 'numpy', 'numpy-seeded'];

/** What the collator did to a token. `kept`: not chosen; `unchanged`: chosen, left as it is. */
export type Fate = 'special' | 'kept' | 'masked' | 'random' | 'unchanged';

/** The collator's arguments, named and defaulted as DataCollatorForLanguageModeling's. */
export interface MaskingOptions {
  readonly mlmProbability: number;
  readonly maskReplaceProb: number;
  readonly randomReplaceProb: number;
  readonly wholeWordMask: boolean;
  readonly seed: number;
  readonly stream: RandomStream;
}

export const DEFAULT_MASKING: MaskingOptions = {
  mlmProbability: 0.15,
  maskReplaceProb: 0.8,
  randomReplaceProb: 0.1,
  wholeWordMask: false,
  seed: 42,
  stream: 'torch',
};

/** A model that can be chosen: `path` is its folder. */
export interface ModelChoice {
  readonly path: string;
  readonly label: string;
  readonly source: 'bundled' | 'workspace' | 'setting' | 'hf-cache' | 'run';
  readonly modelType?: string;
  /** Whether a masked-LM head with weights is there, so that predictions and training can work. */
  readonly canPredict: boolean;
}

export interface MaskingRequest {
  readonly model: string;
  readonly text: string;
  /** Absent: tokenize only, without a mask. */
  readonly masking?: MaskingOptions;
  /** How often Re-roll was pressed: the draw shown is call number `reroll` (from 0) of the same stream. */
  readonly reroll?: number;
}

/** One column of the table. Offsets are UTF-16 code units in the request's text. */
export interface TokenColumn {
  readonly token: string;
  readonly maskedToken: string;
  readonly inputId: number;
  readonly maskedInputId: number;
  readonly label: number;
  readonly wordId: number | null;
  readonly start: number;
  readonly end: number;
  readonly special: boolean;
  readonly fate: Fate;
}

export interface MaskingTable {
  readonly columns: readonly TokenColumn[];
  readonly modelMaxLength: number;
  /** How many tokens of the text were cut off at the model's limit. */
  readonly truncatedTokens: number;
  readonly maskToken: string | null;
  readonly maskTokenId: number | null;
  readonly vocabSize: number;
  /** Things worth knowing, such as words found by word ids where offsets include the space. */
  readonly notes: readonly string[];
}

export interface PredictionRequest {
  readonly model: string;
  readonly inputIds: readonly number[];
  /** Positions to predict, with the true id of each (the label, or the original id). */
  readonly positions: readonly { readonly position: number; readonly trueId: number }[];
  readonly topK: number;
}

export interface Prediction {
  readonly position: number;
  readonly top: readonly { readonly id: number; readonly token: string; readonly score: number }[];
  /** 1 is the model's first guess. */
  readonly rank: number;
  /** Cross entropy of the true token, in nats. */
  readonly loss: number;
}

export interface PredictionResult {
  readonly predictions: readonly Prediction[];
  readonly meanLoss: number;
}
