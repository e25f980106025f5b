// How a training run talks to whoever shows or steers it: a run folder, a terminal, a test.
import type { LogEntry, ProgressFile } from '../protocol/runs.ts';
import type { TrainerState } from './trainer-state.ts';

export type Request = 'pause' | 'stop' | 'cancel';
export type Outcome = 'finished' | 'paused' | 'stopped' | 'cancelled';
export type Progress = Omit<ProgressFile, 'updated'>;

/** Where a run stands before its first step. `share`: of the work, 0 to 1, where it is known. */
export function waiting(phase: 'loading' | 'tokenizing', share?: number): Progress {
  return {
    phase,
    step: 0,
    maxSteps: 0,
    epoch: 0,
    numTrainEpochs: 0,
    tokensPerSecond: null,
    secondsLeft: null,
    skippedSteps: 0,
    ...(share === undefined ? {} : { share: Math.min(1, share) }),
  };
}

export interface TrainingObserver {
  /** An entry of log_history, in the order logged. It is on disk when the promise resolves. */
  onLog(entry: LogEntry): Promise<void>;
  /** Where the run stands; called often, cheap to ignore. */
  onProgress(progress: Progress): void;
  /** Asked between steps. pause and stop save first; cancel does not. */
  requested(): Request | null;
  /** The run goes on from this step of an earlier process. */
  onResume(step: number): Promise<void>;
  /** A checkpoint is on disk, whole. Training waits for the promise. */
  onSaved?(checkpoint: string, state: TrainerState): Promise<void>;
  /** A line for train.log. */
  onMessage(level: 'info' | 'warning', text: string): void;
}
