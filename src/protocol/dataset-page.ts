// What the data set's page and the extension host say to each other. The host hands questions on to the engine.
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
import type { ModelChoice } from './masking.ts';
import type { WireError } from './rpc.ts';

/** What survives a reload of the window. */
export interface DatasetPageMemory {
  /** The file or folder. */
  readonly path: string;
  /** Files that were added to look at side by side. */
  readonly added: readonly string[];
}

export interface DatasetPageState extends DatasetPageMemory {
  readonly title: string;
  /** null until they were looked for. */
  readonly splits: readonly DatasetSplit[] | null;
  /** Why there are none. */
  readonly error: WireError | null;
  /** A file has changed since it was read. */
  readonly changed: boolean;
  /** null until they were looked for. */
  readonly models: readonly ModelChoice[] | null;
  /** The one to begin with. */
  readonly model: string;
}

type Of<P> = { readonly split: number } & P;

export type DatasetPageContract = {
  state: { params: null; result: DatasetPageState };
  start: { params: Of<{ rows: number }>; result: DatasetStart };
  open: { params: Of<object>; result: DatasetReady; progress: DatasetProgress };
  count: { params: Of<{ view: DatasetView }>; result: number };
  page: {
    params: Of<{ view: DatasetView; from: number; count: number; columns: readonly number[] }>;
    result: DatasetPage;
  };
  find: { params: Of<{ view: DatasetView; place: number }>; result: number | null };
  cell: {
    params: Of<{ place: number; column: number; limit: number }>;
    result: { readonly text: string | null; readonly length: number };
  };
  summary: { params: Of<{ view: DatasetView; column: number }>; result: DatasetSummary };
  badRows: { params: Of<{ limit: number }>; result: readonly DatasetBadRow[] };
  tokens: { params: Of<{ column: string; model: string }>; result: TokenSurvey; progress: TokenSurveyProgress };
  /** `training`: the split that nothing of this one should be in. */
  problems: {
    params: Of<{ column: string; training: number | null }>;
    result: TextSurvey;
    progress: DatasetProgress;
  };
  batch: { params: Of<{ request: BatchRequest }>; result: BatchTable };
  /** Asks where to, and writes the rows in view; the path, or null when none was chosen. */
  export: {
    params: Of<{ view: DatasetView; columns: readonly number[]; format: DatasetExport }>;
    result: { readonly path: string; readonly bytes: number } | null;
  };
  copy: { params: { text: string; what: string }; result: null };
  /** Shows the row's text in an editor, with its masks beside. */
  inspectRow: { params: Of<{ place: number; column: string }>; result: null };
  /** Opens the fine-tuning form on this data. */
  fineTune: { params: Of<{ column: string | null; maxSeqLength: number | null; model: string }>; result: null };
  /** Asks for a file to look at beside. */
  addSplit: { params: null; result: null };
  browseModel: { params: null; result: ModelChoice | null };
  /** Reads the files anew; also after they could not be read. */
  reread: { params: null; result: null };
  openAsText: { params: Of<object>; result: null };
  showLog: { params: null; result: null };
};

export type DatasetPageEvents = {
  /** The parts of the state that changed. */
  update: Partial<DatasetPageState>;
  /** Everything that was read is to be asked for again. */
  reread: null;
};
