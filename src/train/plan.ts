// How many steps and epochs a run has, and at which steps it logs, evaluates and saves.
import { ClozeError } from '../base/errors.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';

export interface Plan {
  /** Rows of the training set. */
  readonly rows: number;
  /** Batches an epoch. */
  readonly batchesPerEpoch: number;
  /** Optimizer steps an epoch; a last group of fewer batches is a step too. */
  readonly stepsPerEpoch: number;
  readonly maxSteps: number;
  readonly numTrainEpochs: number;
  readonly warmupSteps: number;
  readonly loggingSteps: number;
  readonly evalSteps: number;
  readonly saveSteps: number;
  /** Rows seen over the whole run, for train_samples_per_second. */
  readonly trainSamples: number;
}

/** As Trainer.set_initial_training_values. Throws when there is nothing to train on. */
export function plan(args: TrainingArguments, rows: number): Plan {
  const batch = args.per_device_train_batch_size;
  const batchesPerEpoch = args.dataloader_drop_last ? Math.floor(rows / batch) : Math.ceil(rows / batch);
  if (batchesPerEpoch === 0) {
    throw new ClozeError(
      'bad-input',
      `There is nothing to train on: ${rows} rows make no batch of ${batch}.`,
      'Give more text, a smaller max_seq_length, or --line_by_line.',
    );
  }
  const stepsPerEpoch = Math.ceil(batchesPerEpoch / args.gradient_accumulation_steps);
  const byEpochs = args.max_steps <= 0;
  const maxSteps = byEpochs ? Math.ceil(args.num_train_epochs * stepsPerEpoch) : args.max_steps;
  const interval = (steps: number) => (steps < 1 ? Math.ceil(maxSteps * steps) : steps);
  const warmup = args.warmup_steps > 0 ? args.warmup_steps : args.warmup_ratio;
  return {
    rows,
    batchesPerEpoch,
    stepsPerEpoch,
    maxSteps,
    numTrainEpochs: byEpochs ? Math.ceil(args.num_train_epochs) : Math.ceil(maxSteps / stepsPerEpoch),
    warmupSteps: warmup < 1 ? Math.ceil(maxSteps * warmup) : Math.ceil(warmup),
    loggingSteps: interval(args.logging_steps),
    evalSteps: interval(args.eval_steps ?? args.logging_steps),
    saveSteps: interval(args.save_steps),
    trainSamples: byEpochs ? rows * args.num_train_epochs : maxSteps * batch * args.gradient_accumulation_steps,
  };
}
