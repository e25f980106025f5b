// The run folder's files as data: every view is a replay of them.

/**
 * starting: spawned, not yet training. running: between steps or saving. paused: saved and ended, can go on.
 * stopped: ended early on request, model saved. finished: all steps done. failed: ended by an error it reported.
 * crashed is never written: a reader infers it when the owner of a starting/running folder is gone.
 */
export type RunState = 'starting' | 'running' | 'paused' | 'stopped' | 'cancelled' | 'finished' | 'failed' | 'crashed';

/** run.json: what was asked for, and how it ended. Written atomically, by the trainer once it owns the run. */
export interface RunFile {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly clozeVersion: string;
  readonly state: Exclude<RunState, 'crashed'>;
  /** Why it ended, in words for a person. */
  readonly message?: string;
  readonly model: string;
  readonly data: readonly string[];
  /** The arguments as given, in Hugging Face's snake_case names; what was not given has its default. */
  readonly args: Readonly<Record<string, ArgumentValue>>;
  readonly started?: string;
  readonly ended?: string;
}

export type ArgumentValue = string | number | boolean | null | readonly string[];

/** progress.json: rewritten at most once a second while training. */
export interface ProgressFile {
  readonly phase: 'loading' | 'tokenizing' | 'training' | 'evaluating' | 'saving' | 'done';
  readonly step: number;
  readonly maxSteps: number;
  readonly epoch: number;
  readonly numTrainEpochs: number;
  /** Tokens without padding, a second, since the start or the last resume. */
  readonly tokensPerSecond: number | null;
  /** Measured from the start or the last resume. */
  readonly secondsLeft: number | null;
  /** Steps that were skipped because loss or gradient was not finite. */
  readonly skippedSteps: number;
  /** Before training: how much of the text is read and tokenized, 0 to 1. */
  readonly share?: number | undefined;
  readonly updated: string;
}

/** control.json: what somebody asks of the trainer; obeyed between steps. */
export interface ControlFile {
  readonly request: 'pause' | 'stop' | 'cancel';
  readonly at: string;
}

/** lock.json: who owns the run. Pid reuse is told by the start time, a hung machine by the heartbeat. */
export interface LockFile {
  readonly pid: number;
  readonly processStart: string | null;
  readonly host: string;
  readonly heartbeat: string;
}

/** One line of log_history.jsonl: an entry as Trainer logs it, or the marker that a resume appends. */
export type LogEntry = Readonly<Record<string, number>> & { readonly step: number };
export interface ResumeMarker {
  /** Entries after this step, up to the marker, are dropped by readers. */
  readonly resumed_from: number;
}
export type LogLine = LogEntry | ResumeMarker;

/** A run as the views see it. */
export interface RunSummary {
  readonly folder: string;
  readonly run: RunFile;
  readonly state: RunState;
  readonly progress: ProgressFile | null;
  /** The last training loss and validation loss that were logged. */
  readonly loss: number | null;
  readonly evalLoss: number | null;
  /** The last learning rate that was logged. */
  readonly learningRate: number | null;
}
