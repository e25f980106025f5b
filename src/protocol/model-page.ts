// What the model panel's page and the extension host say to each other. The host holds what the engine told.
import type { ModelChoice, PredictionResult } from './masking.ts';
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
import type { WireError } from './rpc.ts';

/** What survives a reload of the window. */
export interface ModelPageMemory {
  /** A model folder or file. */
  readonly path: string;
}

export interface ModelPageState extends ModelPageMemory {
  readonly title: string;
  readonly outline: ModelOutline | null;
  readonly error: WireError | null;
  /** Of the tensors that were read so far, in the order of the outline. */
  readonly statistics: readonly TensorStatistics[];
  /** Share of the bytes that are read; null while nothing is being read. */
  readonly reading: number | null;
  /** Why the statistics stopped. */
  readonly readingError: WireError | null;
  /** The files changed after they were read. */
  readonly changed: boolean;
  /** To compare with; null while they are being looked for. */
  readonly models: readonly ModelChoice[] | null;
  /** The model that Compare was asked for with; null: none yet. */
  readonly other: string | null;
}

export type ModelPageContract = {
  /** Asked when the page has loaded; later changes come as events. */
  state: { params: null; result: ModelPageState };
  slice: { params: { index: number; window: TensorWindow }; result: TensorSlice };
  nearest: { params: { index: number; token: string; count: number }; result: readonly NearToken[] };
  /** Compares with the model at `path`. */
  compare: { params: { path: string }; result: Comparison; progress: { done: number } };
  /** This model (A) and the one at `path` (B) on the same masks. */
  compareOnRows: {
    params: { path: string; request: RowsRequest };
    result: RowsComparison;
    progress: { done: number };
  };
  /** Asks for a file of text; null when the dialog is left. */
  browseText: { params: null; result: string | null };
  encode: { params: { text: string }; result: Sentence };
  predict: {
    params: {
      inputIds: readonly number[];
      positions: readonly { readonly position: number; readonly trueId: number }[];
      topK: number;
    };
    result: PredictionResult;
  };
  tokenLosses: { params: { text: string }; result: TextLosses };
  attention: { params: { inputIds: readonly number[] }; result: Attentions };
  /** Asks for a model folder or file; null when the dialog is left. */
  browse: { params: null; result: string | null };
  /** Reads everything anew. */
  reread: { params: null; result: null };
  /** Stops the statistics, or goes on with them. */
  setReading: { params: { reading: boolean }; result: null };
  /** Opens the model's folder in a panel of its own. */
  openFolder: { params: null; result: null };
  showLog: { params: null; result: null };
};

export type ModelPageEvents = {
  /** The parts of the state that changed. */
  update: Partial<ModelPageState>;
  /** More tensors were read. */
  statistics: { readonly tensors: readonly TensorStatistics[]; readonly reading: number | null };
  /** Show the comparison with `other`. */
  compare: { readonly other: string };
};
