// Every training argument once: its name as in run_mlm.py and TrainingArguments, type, default and meaning.
// The command line, the form and the trainer all read this table.
import type { ArgumentValue } from './runs.ts';

export type ArgumentGroup =
  | 'model'
  | 'data'
  | 'masking'
  | 'training'
  | 'optimizer'
  | 'schedule'
  | 'evaluation'
  | 'logging'
  | 'saving'
  | 'sharing'
  | 'run';

export type ArgumentType = 'string' | 'path' | 'paths' | 'int' | 'float' | 'bool' | 'choice' | 'json';

export interface ArgumentSpec {
  /** snake_case, as Hugging Face writes it. */
  readonly name: string;
  readonly group: ArgumentGroup;
  readonly type: ArgumentType;
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

const STRATEGIES = ['no', 'steps', 'epoch'] as const;

export const HUB_STRATEGIES = ['end', 'every_save', 'checkpoint', 'all_checkpoints'] as const;

export const SCHEDULERS = [
  'linear',
  'cosine',
  'cosine_with_restarts',
  'polynomial',
  'constant',
  'constant_with_warmup',
  'inverse_sqrt',
] as const;

const whole = numberOf('int');
const real = numberOf('float');

/** Each argument that is implemented, in the order in which the form shows them. */
export const TRAINING_ARGUMENTS: readonly ArgumentSpec[] = [
  text('model', 'model_name_or_path', 'bundled', 'Model folder, name in the Hugging Face cache, or "bundled".', {
    aliases: ['model'],
    common: true,
  }),
  text('model', 'tokenizer_name', null, "Folder or name of another tokenizer than the model's own."),
  text(
    'model',
    'config_name',
    null,
    'Config of a new model, which starts from random weights; with model_name_or_path, another config for its weights.',
  ),
  text(
    'model',
    'freeze',
    null,
    'Regular expression: parameters whose name it finds stay as they are, such as "embeddings|layer\\.[0-3]\\.".',
  ),

  {
    ...text(
      'data',
      'train_file',
      null,
      'Text to train on: .txt, .jsonl, .csv, .tsv or .parquet; several files, or a folder of them, as one.',
    ),
    type: 'paths',
    common: true,
  },
  {
    ...text(
      'data',
      'validation_file',
      null,
      'Text to evaluate on; without it a share of the training rows is split off.',
    ),
    type: 'paths',
    common: true,
  },
  whole(
    'data',
    'validation_split_percentage',
    5,
    'Per cent of the rows, from the first on, kept for evaluation.',
    0,
    99,
  ),
  text('data', 'text_column', null, 'Column that holds the text; "text", else the first text column.', {
    common: true,
  }),
  yes(
    'data',
    'line_by_line',
    false,
    'Each line is a row, cut at the maximum length; otherwise rows are filled across lines.',
    {
      common: true,
    },
  ),
  {
    ...whole(
      'data',
      'max_seq_length',
      null,
      "Tokens a row at the most; the model's limit, at most 1,024, when empty.",
      3,
    ),
    aliases: ['max_length'],
    common: true,
  },
  yes(
    'data',
    'pad_to_max_length',
    false,
    'Draw masks over rows padded to the maximum length instead of to the longest row.',
  ),
  whole('data', 'max_train_samples', null, 'Use only so many training rows.', 1),
  whole('data', 'max_eval_samples', null, 'Use only so many evaluation rows.', 1),
  yes('data', 'overwrite_cache', false, 'Tokenize anew, whatever an earlier run left in the cache.'),
  choice('data', 'on_bad_row', 'fail', ['fail', 'skip'], 'What to do with a row that cannot be read.'),

  { ...real('masking', 'mlm_probability', 0.15, 'Share of tokens that are chosen.', 0, 1), common: true },
  real('masking', 'mask_replace_prob', 0.8, 'Of the chosen tokens, the share replaced by the mask token.', 0, 1),
  real('masking', 'random_replace_prob', 0.1, 'Of the chosen tokens, the share replaced by a random token.', 0, 1),
  yes('masking', 'whole_word_mask', false, 'Choose whole words instead of single tokens.'),

  { ...real('training', 'num_train_epochs', 3, 'Passes over the training rows.', 0), common: true },
  whole('training', 'max_steps', -1, 'Optimizer steps; when above 0 it overrides the epochs.', -1),
  { ...whole('training', 'per_device_train_batch_size', 8, 'Rows a step.', 1), common: true },
  whole('training', 'per_device_eval_batch_size', 8, 'Rows at once in evaluation.', 1),
  whole('training', 'gradient_accumulation_steps', 1, 'Batches whose gradients make one step.', 1),
  yes('training', 'dataloader_drop_last', false, 'Leave out the last batch of an epoch if it is not full.'),
  choice(
    'training',
    'train_sampling_strategy',
    'random',
    ['random', 'group_by_length'],
    'Rows in random order, or random with rows of like length in one batch.',
  ),
  yes('training', 'group_by_length', false, 'train_sampling_strategy group_by_length, as older versions name it.'),
  whole('training', 'seed', 42, 'Seed of masks, dropout and row order.', 0),
  whole('training', 'data_seed', null, 'Another seed for the row order.', 0),

  { ...real('optimizer', 'learning_rate', 5e-5, 'Peak learning rate of AdamW.', 0), common: true },
  real('optimizer', 'weight_decay', 0, 'Weight decay; biases and norm layers have none.', 0),
  real('optimizer', 'adam_beta1', 0.9, "AdamW's beta1.", 0, 1),
  real('optimizer', 'adam_beta2', 0.999, "AdamW's beta2.", 0, 1),
  real('optimizer', 'adam_epsilon', 1e-8, "AdamW's epsilon.", 0),
  real('optimizer', 'max_grad_norm', 1, 'Gradients are scaled down to this norm; 0 turns clipping off.', 0),

  choice('schedule', 'lr_scheduler_type', 'linear', SCHEDULERS, 'How the learning rate changes over the steps.', {
    common: true,
  }),
  {
    ...text(
      'schedule',
      'lr_scheduler_kwargs',
      null,
      'More arguments of the schedule, as JSON, such as {"num_cycles": 2}.',
    ),
    type: 'json',
  },
  real('schedule', 'warmup_steps', 0, 'Steps of linear warm-up; below 1 it is a share of all steps.', 0),
  real('schedule', 'warmup_ratio', 0, 'Warm-up as a share of all steps, as in older versions.', 0, 1),

  {
    ...choice('evaluation', 'eval_strategy', 'no', STRATEGIES, 'When to measure the validation loss.'),
    aliases: ['evaluation_strategy'],
    common: true,
  },
  real(
    'evaluation',
    'eval_steps',
    null,
    'Steps between evaluations; as logging_steps when empty; below 1 a share of all.',
    0,
  ),
  choice(
    'evaluation',
    'eval_masks',
    'resampled',
    ['resampled', 'fixed'],
    'New masks at each evaluation, as in Python, or the same ones every time.',
  ),
  whole('evaluation', 'early_stopping_patience', null, 'Stop after so many evaluations without a better metric.', 1),
  real('evaluation', 'early_stopping_threshold', 0, 'How much better the metric must be to count.', 0),

  choice('logging', 'logging_strategy', 'steps', STRATEGIES, 'When to log the training loss.', { common: true }),
  real('logging', 'logging_steps', 500, 'Steps between log entries; below 1 a share of all steps.', 0),
  yes('logging', 'logging_first_step', false, 'Log the first step too.'),
  choice(
    'logging',
    'log_level',
    'passive',
    ['debug', 'info', 'warning', 'error', 'critical', 'passive'],
    'How much goes to the log.',
  ),

  choice('saving', 'save_strategy', 'steps', [...STRATEGIES, 'best'], 'When to save a checkpoint.', { common: true }),
  real('saving', 'save_steps', 500, 'Steps between checkpoints; below 1 a share of all steps.', 0),
  whole('saving', 'save_total_limit', null, 'Keep only so many checkpoints, the oldest goes first.', 1),
  yes('saving', 'load_best_model_at_end', false, 'End with the best checkpoint instead of the last.'),
  text(
    'saving',
    'metric_for_best_model',
    null,
    'What "best" is measured by: loss (when empty), accuracy or perplexity.',
  ),
  {
    ...yes(
      'saving',
      'greater_is_better',
      false,
      'Whether a larger metric is better; unless told, not for a loss or a perplexity.',
    ),
    default: null,
  },
  yes(
    'saving',
    'export_onnx',
    false,
    'At the end, write the model as ONNX too, for transformers.js: onnx/ in the run folder. An argument of Cloze only.',
  ),

  yes(
    'sharing',
    'push_to_hub',
    false,
    'Upload the model to the Hugging Face Hub; needs a token (HF_TOKEN or hf auth login).',
  ),
  text('sharing', 'hub_model_id', null, 'Repository, as "user/name"; your name and that of output_dir when empty.'),
  {
    ...yes('sharing', 'hub_private_repo', false, "Make the repository private; your account's default when empty."),
    default: null,
  },
  choice(
    'sharing',
    'hub_strategy',
    'every_save',
    HUB_STRATEGIES,
    'What to upload while training goes on: nothing, the model at each save, or that and the checkpoint too.',
  ),

  { ...text('run', 'output_dir', null, 'The run folder.', { common: true }), type: 'path' },
  yes('run', 'overwrite_output_dir', false, 'Start afresh in a folder that holds another run.'),
  text('run', 'resume_from_checkpoint', null, 'Go on from this checkpoint, or "true" for the last one in output_dir.'),
  text('run', 'run_name', null, 'Name shown in the monitor.'),
  choice(
    'run',
    'device',
    'cpu',
    ['cpu', 'webgpu'],
    'Where the mathematics runs; the CPU when there is no usable graphics adapter.',
  ),
  whole('run', 'threads', null, 'Threads for the mathematics; all cores but one when empty.', 1),
];

interface Extra {
  readonly aliases?: readonly string[];
  readonly common?: boolean;
}

function text(
  group: ArgumentGroup,
  name: string,
  fallback: string | null,
  help: string,
  extra: Extra = {},
): ArgumentSpec {
  return { name, group, type: 'string', default: fallback, help, ...extra };
}

type NumberSpec = (
  group: ArgumentGroup,
  name: string,
  fallback: number | null,
  help: string,
  min?: number,
  max?: number,
) => ArgumentSpec;

function numberOf(type: 'int' | 'float'): NumberSpec {
  return (group, name, fallback, help, min, max) => ({
    name,
    group,
    type,
    default: fallback,
    help,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  });
}

function yes(group: ArgumentGroup, name: string, fallback: boolean, help: string, extra: Extra = {}): ArgumentSpec {
  return { name, group, type: 'bool', default: fallback, help, ...extra };
}

function choice(
  group: ArgumentGroup,
  name: string,
  fallback: string,
  choices: readonly string[],
  help: string,
  extra: Extra = {},
): ArgumentSpec {
  return { name, group, type: 'choice', choices, default: fallback, help, ...extra };
}
