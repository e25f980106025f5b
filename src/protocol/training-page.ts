// What the fine-tuning form and the extension host say to each other. The host keeps what was typed.
import type { ModelChoice } from './masking.ts';
import type { ArgumentError } from './resolve-arguments.ts';
import type { WireError } from './rpc.ts';

/** What was typed, by argument name; what is absent or empty has its default. */
export type FormValues = Readonly<Record<string, FormValue>>;
export type FormValue = string | boolean | readonly string[];

/** The first rows of a data file, or why it cannot be read. */
export type DataPeek =
  | {
      readonly columns: readonly string[];
      readonly textColumn: string | null;
      readonly rows: readonly Readonly<Record<string, string>>[];
      readonly error?: undefined;
    }
  | { readonly error: WireError };

export interface TrainingPageState {
  readonly values: FormValues;
  /** null until they were looked for. */
  readonly models: readonly ModelChoice[] | null;
  /** Where runs get their folders unless output_dir says otherwise. */
  readonly runsFolder: string;
  /** Relative paths mean this folder; null without a workspace. */
  readonly workspace: string | null;
  /** The form can be filled in, but nothing starts before the workspace is trusted. */
  readonly trusted: boolean;
}

/** Arguments whose value can be chosen in a dialog. */
export type Browsed = 'model_name_or_path' | 'tokenizer_name' | 'train_file' | 'validation_file' | 'output_dir';

export type StartResult =
  | { readonly folder: string; readonly errors?: undefined }
  | { readonly errors: readonly ArgumentError[] };

export type TrainingPageContract = {
  state: { params: null; result: TrainingPageState };
  /** Keeps the values for this workspace. */
  remember: { params: { values: FormValues }; result: null };
  /** What was chosen in the dialog, in the workspace as relative paths; null when nothing was. */
  browse: { params: { what: Browsed }; result: readonly string[] | null };
  /** `column`: the text column; empty for the file's own choice. */
  peek: { params: { path: string; column: string }; result: DataPeek };
  start: { params: { values: FormValues }; result: StartResult };
  openChart: { params: { folder: string }; result: null };
  copyCommand: { params: { values: FormValues }; result: null };
  trust: { params: null; result: null };
};

export type TrainingPageEvents = {
  /** The parts of the state that changed; `values` when another command chose a data file. */
  update: Partial<TrainingPageState>;
};
