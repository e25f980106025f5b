// What the loss chart's page and the extension host say to each other.

import type { WireError } from './rpc.ts';
import type { LogEntry, ProgressFile, RunState } from './runs.ts';

/** Where the history comes from: a run folder that may still grow, or a trainer_state.json. */
export interface ChartSource {
  readonly kind: 'run' | 'file';
  readonly path: string;
}

export interface ChartPageState {
  readonly source: ChartSource;
  readonly title: string;
  readonly history: readonly LogEntry[];
  /** Of a run; null for a file. */
  readonly state: RunState | null;
  /** Why a run ended, in words. */
  readonly message: string | null;
  readonly progress: ProgressFile | null;
  /** What the first entry is waited for by, such as "the first entry comes at step 500". */
  readonly firstEntry: string | null;
  readonly error: WireError | null;
}

export type ExportFormat = 'png' | 'svg' | 'csv' | 'json';

export type ChartPageContract = {
  state: { params: null; result: ChartPageState };
  /** `content`: text, or base64 for png. The host asks where to save; null when nobody chose a place. */
  save: { params: { format: ExportFormat; content: string }; result: { path: string } | null };
  openLog: { params: null; result: null };
  retry: { params: null; result: null };
};

export type ChartPageEvents = { update: ChartPageState };
