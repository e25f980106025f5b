// What the loss chart's page and the extension host say to each other. The host replays the files; the page draws.
import type { ChartEntry, ChartView } from './loss-series.ts';
import type { WireError } from './rpc.ts';
import type { ProgressFile, RunState } from './runs.ts';

/** Where the history comes from: a run folder that may still grow, or a trainer_state.json of any origin. */
export interface ChartSource {
  readonly kind: 'run' | 'file';
  readonly path: string;
}

/** What survives a reload of the window. */
export interface ChartPageMemory {
  readonly source: ChartSource;
  readonly view: ChartView;
}

export type ChartContent =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'ready' };

/** How the run of a chart stands. */
export interface ChartRun {
  readonly state: RunState;
  /** Why it ended, in words. */
  readonly message: string | null;
  readonly progress: ProgressFile | null;
  /** When the first entry is to be expected, such as "The first entry comes after step 500 of 1,200." */
  readonly firstEntry: string;
}

export interface ChartPageState {
  readonly source: ChartSource;
  readonly title: string;
  readonly content: ChartContent;
  readonly entries: readonly ChartEntry[];
  /** null for a trainer_state.json. */
  readonly run: ChartRun | null;
}

export type ExportFormat = 'png' | 'svg' | 'csv' | 'json';
export type ChartAction = 'pause' | 'resume' | 'stop' | 'openLog' | 'openFolder' | 'retry';

export type ChartPageContract = {
  state: { params: null; result: ChartPageState };
  /** `content`: text, or base64 for png. Resolves to the path chosen, null when none was. */
  save: { params: { format: ExportFormat; content: string }; result: string | null };
  act: { params: { action: ChartAction }; result: null };
};

export type ChartPageEvents = {
  /** The parts of the state that changed. */
  update: Partial<ChartPageState>;
  /** From index `from` on, the history is now these entries. */
  entries: { readonly from: number; readonly entries: readonly ChartEntry[] };
};
