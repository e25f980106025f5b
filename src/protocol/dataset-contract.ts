// What the extension host may ask of the engine about data sets.
import type {
  DatasetBadRow,
  DatasetExport,
  DatasetPage,
  DatasetProgress,
  DatasetReady,
  DatasetSplit,
  DatasetStart,
  DatasetSummary,
  DatasetView,
} from './dataset.ts';
import type { BatchRequest, BatchTable, TextSurvey, TokenSurvey, TokenSurveyProgress } from './dataset-figures.ts';

/** The files of a split, and the folder where rows that were read are kept. */
export interface DatasetSource {
  readonly files: readonly string[];
  readonly cache: string;
}

type Of<P> = { readonly source: DatasetSource } & P;

export type DatasetContract = {
  /** The splits of a file or folder. */
  'dataset.splits': { params: { path: string }; result: readonly DatasetSplit[] };
  /** Columns and first rows, at once. */
  'dataset.start': { params: Of<{ rows: number }>; result: DatasetStart };
  /** Brings all rows within reach; the requests below wait for it. Files that changed are read anew. */
  'dataset.open': { params: Of<object>; result: DatasetReady; progress: DatasetProgress };
  /** How many rows are in view. */
  'dataset.count': { params: Of<{ view: DatasetView }>; result: number };
  /** `columns`: their places among all columns. */
  'dataset.page': {
    params: Of<{ view: DatasetView; from: number; count: number; columns: readonly number[] }>;
    result: DatasetPage;
  };
  /** Where in the view the row at `place` of the data set is; null when it is not in view. */
  'dataset.find': { params: Of<{ view: DatasetView; place: number }>; result: number | null };
  /** A cell: its first `limit` characters, and how many it has. */
  'dataset.cell': {
    params: Of<{ place: number; column: number; limit: number }>;
    result: { readonly text: string | null; readonly length: number };
  };
  'dataset.summary': { params: Of<{ view: DatasetView; column: number }>; result: DatasetSummary };
  'dataset.badRows': { params: Of<{ limit: number }>; result: readonly DatasetBadRow[] };
  /** Writes the rows in view to `target`; gives back its bytes. */
  'dataset.export': {
    params: Of<{ view: DatasetView; columns: readonly number[]; format: DatasetExport; target: string }>;
    result: number;
  };
  /** Tokens of a column's texts: of a sample first, as progress, then of all. */
  'dataset.tokens': {
    params: Of<{ column: string; model: string }>;
    result: TokenSurvey;
    progress: TokenSurveyProgress;
  };
  /** Texts that are empty, repeated, damaged, or in `training` too. */
  'dataset.problems': {
    params: Of<{ column: string; training: DatasetSource | null }>;
    result: TextSurvey;
    progress: DatasetProgress;
  };
  'dataset.batch': { params: Of<{ request: BatchRequest }>; result: BatchTable };
};
