// Every training argument once: its name as in run_mlm.py and TrainingArguments, type, default and meaning.
// The command line, the form and the trainer all read this table.
import type { ArgumentValue } from './runs.ts';

export type ArgumentGroup =
  | 'model'
  | 'data'
  | 'training'
  | 'optimizer'
  | 'schedule'
  | 'evaluation'
  | 'logging'
  | 'saving'
  | 'run';

export interface ArgumentSpec {
  /** snake_case, as Hugging Face writes it. */
  readonly name: string;
  readonly group: ArgumentGroup;
  readonly type: 'string' | 'path' | 'paths' | 'int' | 'float' | 'bool' | 'choice';
  readonly choices?: readonly string[];
  readonly default: ArgumentValue;
  /** Inclusive bounds for numbers. */
  readonly min?: number;
  readonly max?: number;
  /** One plain sentence. */
  readonly help: string;
  /** Other names that mean the same, such as `evaluation_strategy`. */
  readonly aliases?: readonly string[];
  /** Shown in the form before "more arguments" is opened. */
  readonly common?: boolean;
}
