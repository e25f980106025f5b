// What the fine-tuning form and the extension host say to each other.
import type { ModelChoice } from './masking.ts';
import type { ArgumentError } from './resolve-arguments.ts';
import type { WireError } from './rpc.ts';

/** What was typed, by argument name; what is absent has its default. */
export type FormValues = Readonly<Record<string, string | boolean | readonly string[]>>;

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
  readonly models: readonly ModelChoice[];
  /** Where runs go unless output_dir says otherwise. */
  readonly runsFolder: string;
  readonly trusted: boolean;
}

export type Browsed = 'model_name_or_path' | 'train_file' | 'validation_file' | 'output_dir';

export type TrainingPageContract = {
  state: { params: null; result: TrainingPageState };
  /** Remembers the values in the workspace. */
  remember: { params: { values: FormValues }; result: null };
  browse: { params: { what: Browsed }; result: readonly string[] | null };
  peek: { params: { path: string }; result: DataPeek };
  start: { params: { values: FormValues }; result: { folder: string } | { errors: readonly ArgumentError[] } };
  copyCommand: { params: { values: FormValues }; result: null };
  trust: { params: null; result: null };
};

export type TrainingPageEvents = {
  /** Another command asked for this data file or model, or trust was given. */
  update: Partial<TrainingPageState>;
};
