// From what somebody typed to typed training arguments: types, bounds, choices, and what contradicts what.
import { nearestOf } from '../base/nearest.ts';
import { OTHER_ARGUMENTS } from './other-arguments.ts';
import { repoIdProblem } from './repo-id.ts';
import type { ArgumentValue } from './runs.ts';
import { type ArgumentSpec, type HUB_STRATEGIES, type SCHEDULERS, TRAINING_ARGUMENTS } from './training-arguments.ts';

export type Strategy = 'no' | 'steps' | 'epoch';
export type Scheduler = (typeof SCHEDULERS)[number];
export type HubStrategy = (typeof HUB_STRATEGIES)[number];

/** All training arguments with their defaults filled in, by Hugging Face's names. */
export interface TrainingArguments {
  /** Null: a new model of config_name. */
  readonly model_name_or_path: string | null;
  readonly tokenizer_name: string | null;
  readonly config_name: string | null;
  /** Source of a regular expression. */
  readonly freeze: string | null;
  readonly train_file: readonly string[];
  readonly validation_file: readonly string[];
  readonly validation_split_percentage: number;
  readonly text_column: string | null;
  readonly line_by_line: boolean;
  readonly max_seq_length: number | null;
  readonly pad_to_max_length: boolean;
  readonly max_train_samples: number | null;
  readonly max_eval_samples: number | null;
  readonly overwrite_cache: boolean;
  readonly on_bad_row: 'fail' | 'skip';
  readonly mlm_probability: number;
  readonly mask_replace_prob: number;
  readonly random_replace_prob: number;
  readonly whole_word_mask: boolean;
  readonly num_train_epochs: number;
  readonly max_steps: number;
  readonly per_device_train_batch_size: number;
  readonly per_device_eval_batch_size: number;
  readonly gradient_accumulation_steps: number;
  readonly dataloader_drop_last: boolean;
  readonly train_sampling_strategy: 'random' | 'group_by_length';
  readonly group_by_length: boolean;
  readonly seed: number;
  readonly data_seed: number | null;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly adam_beta1: number;
  readonly adam_beta2: number;
  readonly adam_epsilon: number;
  readonly max_grad_norm: number;
  readonly lr_scheduler_type: Scheduler;
  /** A JSON object as text, or null. */
  readonly lr_scheduler_kwargs: string | null;
  readonly warmup_steps: number;
  readonly warmup_ratio: number;
  readonly eval_strategy: Strategy;
  readonly eval_steps: number | null;
  readonly eval_masks: 'resampled' | 'fixed';
  readonly early_stopping_patience: number | null;
  readonly early_stopping_threshold: number;
  readonly logging_strategy: Strategy;
  readonly logging_steps: number;
  readonly logging_first_step: boolean;
  readonly log_level: string;
  readonly save_strategy: Strategy | 'best';
  readonly save_steps: number;
  readonly save_total_limit: number | null;
  readonly load_best_model_at_end: boolean;
  readonly metric_for_best_model: string | null;
  readonly greater_is_better: boolean | null;
  readonly export_onnx: boolean;
  readonly push_to_hub: boolean;
  readonly hub_model_id: string | null;
  readonly hub_private_repo: boolean | null;
  readonly hub_strategy: HubStrategy;
  readonly output_dir: string | null;
  readonly overwrite_output_dir: boolean;
  readonly resume_from_checkpoint: string | null;
  readonly run_name: string | null;
  readonly device: 'cpu' | 'webgpu';
  readonly threads: number | null;
}

export interface ArgumentError {
  /** The argument it belongs to, by its main name. */
  readonly name: string;
  readonly message: string;
}

export type ResolvedArguments =
  | { readonly args: TrainingArguments; readonly errors?: undefined }
  | { readonly args?: undefined; readonly errors: readonly ArgumentError[] };

/**
 * Reads values by name; text is converted, what is absent, empty or null gets its default. Unknown names are errors
 * with a suggestion. Nothing is looked up on disk.
 */
export function resolveArguments(given: Readonly<Record<string, unknown>>): ResolvedArguments {
  const values: Record<string, ArgumentValue> = {};
  const errors: ArgumentError[] = [];
  for (const spec of TRAINING_ARGUMENTS) values[spec.name] = spec.type === 'paths' ? [] : spec.default;
  for (const [name, raw] of Object.entries(given)) {
    const spec = findArgument(name);
    if (!spec) {
      const message = checkOther(name, raw);
      if (message) errors.push({ name, message });
      continue;
    }
    if (raw === undefined || raw === null || raw === '') continue;
    const parsed = parseValue(spec, raw);
    if ('message' in parsed) errors.push({ name: spec.name, message: parsed.message });
    else values[spec.name] = parsed.value;
  }
  // one question with a name for each version of transformers
  if (values.group_by_length === true) values.train_sampling_strategy = 'group_by_length';
  // a config without a model asks for a new one
  const named = Object.entries(given).some(([name, raw]) => findArgument(name)?.name === 'model_name_or_path' && raw);
  if (values.config_name && !named) values.model_name_or_path = null;
  const args = values as unknown as TrainingArguments;
  if (errors.length === 0) errors.push(...contradictions(args));
  return errors.length > 0 ? { errors } : { args };
}

/** The argument of that name or alias. */
export function findArgument(name: string): ArgumentSpec | undefined {
  return TRAINING_ARGUMENTS.find((spec) => spec.name === name || spec.aliases?.includes(name));
}

type Parsed = { readonly value: ArgumentValue } | { readonly message: string };

/** One value as its argument's type, or what is wrong with it. */
export function parseValue(spec: ArgumentSpec, raw: unknown): Parsed {
  switch (spec.type) {
    case 'bool': {
      const word = String(raw).trim().toLowerCase();
      if (['true', '1', 'yes'].includes(word)) return { value: true };
      if (['false', '0', 'no'].includes(word)) return { value: false };
      return { message: `${spec.name} is true or false, not "${raw}".` };
    }
    case 'int':
    case 'float':
      return parseNumber(spec, raw);
    case 'choice':
      if (spec.choices?.includes(String(raw))) return { value: String(raw) };
      return { message: `${spec.name} is one of ${spec.choices?.join(', ')}, not "${raw}".` };
    case 'paths': {
      const paths = (Array.isArray(raw) ? raw : [raw]).map(String).filter((path) => path !== '');
      return { value: paths };
    }
    case 'json': {
      if (typeof raw === 'object') return { value: JSON.stringify(raw) };
      try {
        const value: unknown = JSON.parse(String(raw));
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { value: String(raw) };
      } catch {
        // told below
      }
      return { message: `${spec.name} is a JSON object such as {"num_cycles": 2}, not "${raw}".` };
    }
    default:
      return { value: String(raw) };
  }
}

function parseNumber(spec: ArgumentSpec, raw: unknown): Parsed {
  const value = typeof raw === 'number' ? raw : Number(String(raw).trim());
  if (!Number.isFinite(value)) return { message: `${spec.name} is a number, not "${raw}".` };
  if (spec.type === 'int' && !Number.isSafeInteger(value)) {
    return { message: `${spec.name} is a whole number, not ${raw}.` };
  }
  if (spec.min !== undefined && value < spec.min)
    return { message: `${spec.name} is at least ${spec.min}, not ${raw}.` };
  if (spec.max !== undefined && value > spec.max)
    return { message: `${spec.name} is at most ${spec.max}, not ${raw}.` };
  return { value };
}

/** Of a name that is not in the table: null when it changes nothing, else what is wrong with it. */
function checkOther(name: string, raw: unknown): string | null {
  const other = OTHER_ARGUMENTS.find((argument) => argument.name === name);
  if (!other) {
    const near = nearest(name);
    return `There is no argument ${name}.${near ? ` Did you mean ${near}?` : ''}`;
  }
  const value = String(raw ?? '').toLowerCase();
  const allowed = other.only?.map((known) => String(known ?? '').toLowerCase());
  if (!allowed || ['', 'none', 'null', ...allowed].includes(value)) return null;
  const values = other.only?.filter((known) => known !== null && known !== '' && known !== '[]').map(String) ?? [];
  return values.length > 0
    ? `${name} can only be ${values.join(' or ')} here. ${other.why}`
    : `${name} is not supported. ${other.why}`;
}

/** The argument whose name is spelled most like `name`, when it is near enough to be meant. */
export function nearest(name: string): string | null {
  return nearestOf(
    name,
    TRAINING_ARGUMENTS.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]),
  );
}

function contradictions(args: TrainingArguments): ArgumentError[] {
  const errors: ArgumentError[] = [];
  const refuse = (name: string, message: string) => errors.push({ name, message });
  if (args.train_file.length === 0) refuse('train_file', 'Say what to train on: train_file is empty.');
  if (args.mask_replace_prob + args.random_replace_prob > 1) {
    refuse('random_replace_prob', 'mask_replace_prob and random_replace_prob sum to more than 1.');
  }
  const pattern = args.freeze === null ? null : invalidPattern(args.freeze);
  if (pattern !== null) refuse('freeze', `freeze is no regular expression: ${pattern}.`);
  if (args.num_train_epochs <= 0 && args.max_steps <= 0) {
    refuse('num_train_epochs', 'num_train_epochs must be above 0, or max_steps be given.');
  }
  const repoProblem = args.hub_model_id === null ? null : repoIdProblem(args.hub_model_id, true);
  if (repoProblem) refuse('hub_model_id', repoProblem);
  const steps = [
    ['logging_steps', args.logging_strategy, args.logging_steps],
    ['eval_steps', args.eval_strategy, args.eval_steps ?? args.logging_steps],
    ['save_steps', args.save_strategy, args.save_steps],
  ] as const;
  for (const [name, strategy, value] of steps) {
    if (strategy !== 'steps') continue;
    if (value <= 0) refuse(name, `${name} must be above 0 when its strategy is "steps".`);
    else if (value > 1 && !Number.isInteger(value))
      refuse(name, `${name} is a whole number of steps, or a share below 1.`);
  }
  if (args.load_best_model_at_end) {
    if (args.eval_strategy === 'no') refuse('eval_strategy', 'load_best_model_at_end needs evaluations.');
    else if (args.save_strategy !== 'best' && args.eval_strategy !== args.save_strategy) {
      refuse('save_strategy', 'load_best_model_at_end needs save_strategy and eval_strategy to be the same.');
    } else if (args.save_strategy === 'steps' && args.save_steps % (args.eval_steps ?? args.logging_steps) !== 0) {
      refuse('save_steps', 'load_best_model_at_end needs save_steps to be a multiple of eval_steps.');
    }
  }
  if (args.save_strategy === 'best' && args.eval_strategy === 'no') {
    refuse('save_strategy', 'save_strategy "best" needs evaluations.');
  }
  if (args.early_stopping_patience !== null && args.eval_strategy === 'no') {
    refuse('early_stopping_patience', 'Early stopping needs evaluations: set eval_strategy.');
  }
  return errors;
}

/** What is wrong with a regular expression; null when nothing is. */
function invalidPattern(source: string): string | null {
  try {
    new RegExp(source);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
