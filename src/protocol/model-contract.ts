// What the extension host may ask of the engine about a model's files.
import type {
  Attentions,
  Comparison,
  ModelOutline,
  NearToken,
  RowsComparison,
  RowsRequest,
  Sentence,
  TensorSlice,
  TensorStatistics,
  TensorWindow,
  TextLosses,
} from './model.ts';

/** `path`: a model folder, config.json, .safetensors or its index, .onnx. */
type Of<P> = { readonly path: string } & P;

/** `done`: share of the bytes, from 0 to 1. */
export interface StatisticsProgress {
  readonly tensors: readonly TensorStatistics[];
  readonly done: number;
}

export type ModelContract = {
  /** Headers, names and checks: without reading the tensors. */
  'model.outline': { params: Of<object>; result: ModelOutline };
  /** Statistics of the tensors from index `from` on, as progress. */
  'model.statistics': { params: Of<{ from: number }>; result: null; progress: StatisticsProgress };
  /** Numbers of the tensor at `index`; the window is cut to what is there. */
  'model.slice': { params: Of<{ index: number; window: TensorWindow }>; result: TensorSlice };
  /** Rows of a word embedding closest to that of `token` (its text, or its id), by cosine. */
  'model.nearest': { params: Of<{ index: number; token: string; count: number }>; result: readonly NearToken[] };
  /** `done`: share of the bytes, from 0 to 1. */
  'model.compare': { params: { a: string; b: string }; result: Comparison; progress: { done: number } };
  /** Both models on the same masks of the same rows. `done`: share of the work, from 0 to 1. */
  'model.compareOnRows': {
    params: { a: string; b: string; request: RowsRequest };
    result: RowsComparison;
    progress: { done: number };
  };
  /** A text as tokens, special ones included. */
  'model.encode': { params: { model: string; text: string }; result: Sentence };
  /** Every token masked in turn. */
  'model.tokenLosses': { params: { model: string; text: string }; result: TextLosses };
  'model.attention': { params: { model: string; inputIds: readonly number[] }; result: Attentions };
};
