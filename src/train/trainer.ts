// Trainer: the training loop, step for step as Hugging Face's, with its log history.
import { basename, dirname, join } from 'node:path';
import { breathe } from '../base/cancellation.ts';
import { ClozeError, isCancelled } from '../base/errors.ts';
import { type FlatRows, flatten } from '../collate/batch.ts';
import type { MaskedBatch } from '../collate/data-collator.ts';
import type { TokenRow, TokenRows } from '../data/token-rows.ts';
import type { MaskedLM, Parameter } from '../models/types.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry } from '../protocol/runs.ts';
import { TorchGenerator } from '../random/torch.ts';
import { AdamW, clipFactor, gradientNorm } from './adamw.ts';
import { judge } from './best-metric.ts';
import {
  type Action,
  checkpointName,
  type LoopState,
  listCheckpoints,
  loadCheckpoint,
  rotateCheckpoints,
  saveCheckpoint,
  type TokenizerFiles,
} from './checkpoint.ts';
import { type Evaluation, evaluateRows } from './evaluate.ts';
import { afterStep, atEpochEnd } from './flow.ts';
import { Loader } from './loader.ts';
import { LossMeter } from './loss-meter.ts';
import type { Outcome, Progress, TrainingObserver } from './observer.ts';
import { type Plan, plan } from './plan.ts';
import { type Schedule, schedule } from './schedules.ts';
import { newTrainerState, type TrainerState } from './trainer-state.ts';

/** Makes the collator that draws from the trainer's generator. */
export type CollateWith = (generator: TorchGenerator) => (rows: readonly TokenRow[]) => MaskedBatch;

export interface TrainerOptions {
  readonly args: TrainingArguments;
  readonly folder: string;
  readonly model: MaskedLM;
  readonly tokenizerFiles: TokenizerFiles;
  readonly trainRows: TokenRows;
  readonly evalRows: TokenRows | null;
  readonly collateWith: CollateWith;
  readonly observer: TrainingObserver;
}

/** This many steps in a row without a finite loss end the run. */
const BAD_STEPS = 3;

export class Trainer {
  readonly plan: Plan;
  state: TrainerState = newTrainerState();
  readonly #options: TrainerOptions;
  readonly #generator: TorchGenerator;
  readonly #collate: (rows: readonly TokenRow[]) => MaskedBatch;
  readonly #loader: Loader;
  readonly #trained: readonly Parameter[];
  readonly #optimizer: AdamW;
  readonly #schedule: Schedule;
  readonly #flopsPerToken: number;
  readonly #patience = { counter: 0 };
  #pending: Action[] = [];
  readonly #losses = new LossMeter();
  #lastGradNorm: number | null = null;
  #lastLearningRate = 0;
  #lastLoggedStep = 0;
  #skippedSteps = 0;
  #badInARow = 0;
  #stopping = false;
  /** Seconds of earlier processes of this run. */
  #secondsBefore = 0;
  #started = 0;
  #startedAtStep = 0;
  #tokens = 0;

  constructor(options: TrainerOptions) {
    const { args, model, trainRows, collateWith } = options;
    this.#options = options;
    this.plan = plan(args, trainRows.length);
    this.#generator = new TorchGenerator(args.seed);
    this.#collate = collateWith(this.#generator);
    this.#loader = new Loader({
      rows: trainRows,
      batchSize: args.per_device_train_batch_size,
      dropLast: args.dataloader_drop_last,
      groupByLength: args.train_sampling_strategy === 'group_by_length',
      rowsPerStep: args.per_device_train_batch_size * args.gradient_accumulation_steps,
      seed: args.data_seed ?? args.seed,
      generator: this.#generator,
      collate: this.#collate,
    });
    this.#trained = model.parameters.filter(({ trainable }) => trainable);
    this.#optimizer = new AdamW(this.#trained, {
      beta1: args.adam_beta1,
      beta2: args.adam_beta2,
      epsilon: args.adam_epsilon,
      weightDecay: args.weight_decay,
    });
    this.#schedule = schedule({
      type: args.lr_scheduler_type,
      warmupSteps: this.plan.warmupSteps,
      totalSteps: this.plan.maxSteps,
      learningRate: args.learning_rate,
      kwargs: args.lr_scheduler_kwargs === null ? {} : JSON.parse(args.lr_scheduler_kwargs),
    });
    const counted = model.parameters.filter(({ name }) => !/embeddings\.weight$/.test(name));
    this.#flopsPerToken = 6 * counted.reduce((sum, { data }) => sum + data.length, 0);
    Object.assign(this.state, {
      eval_steps: this.plan.evalSteps,
      logging_steps: this.plan.loggingSteps,
      save_steps: this.plan.saveSteps,
      max_steps: this.plan.maxSteps,
      num_train_epochs: this.plan.numTrainEpochs,
      train_batch_size: args.per_device_train_batch_size,
    });
  }

  /** Trains to the end, or until the observer asks to end earlier. `checkpoint`: a folder to go on from. */
  async train(checkpoint?: string): Promise<Outcome> {
    if (checkpoint) await this.#restore(checkpoint);
    else this.#loader.start(0);
    this.#started = performance.now();
    this.#startedAtStep = this.state.global_step;
    for (;;) {
      const ended = await this.#settle();
      if (ended) return ended;
      if (this.#finished) break;
      await this.#step();
      await breathe();
    }
    await this.#summarize();
    return 'finished';
  }

  /** Measures the validation rows; each call draws new masks unless eval_masks is "fixed". */
  async evaluate(signal?: AbortSignal): Promise<Evaluation> {
    const { args, model, evalRows, collateWith } = this.#options;
    if (!evalRows) throw new ClozeError('bad-argument', 'There are no validation rows.', 'Set validation_file.');
    const fixed = args.eval_masks === 'fixed' ? new TorchGenerator(args.seed) : null;
    return evaluateRows({
      model,
      rows: evalRows,
      batchSize: args.per_device_eval_batch_size,
      groupByLengthSeed: args.train_sampling_strategy === 'group_by_length' ? (args.data_seed ?? args.seed) : undefined,
      generator: fixed ?? this.#generator,
      collate: fixed ? collateWith(fixed) : this.#collate,
      signal,
      onProgress: () => this.#report('evaluating'),
    });
  }

  /** Where the best checkpoint lies, when one was looked for. */
  get bestCheckpoint(): string | null {
    const best = this.state.best_model_checkpoint;
    return best === null ? null : join(this.#options.folder, basename(best));
  }

  get #finished(): boolean {
    return this.#stopping || this.state.global_step >= this.plan.maxSteps;
  }

  /** One optimizer step: its batches, forward and backward, clipping, AdamW. */
  async #step(): Promise<void> {
    const { args, observer } = this.#options;
    const step = this.state.global_step;
    const batches = this.#takeBatches();
    const learningRate = args.learning_rate * this.#schedule(step);
    const loss = await this.#forwardBackward(batches.map(({ flat }) => flat));
    const norm = loss === null ? null : gradientNorm(this.#trained);
    if (loss !== null && norm !== null && Number.isFinite(loss) && Number.isFinite(norm)) {
      this.#optimizer.update(learningRate, clipFactor(norm, args.max_grad_norm));
      this.#losses.add(loss);
      this.#lastGradNorm = norm;
      this.#badInARow = 0;
    } else if (loss === null) {
      observer.onMessage('warning', `Step ${step + 1}: no token was chosen, so there is nothing to learn from it.`);
    } else {
      this.#skippedSteps++;
      this.#badInARow++;
      observer.onMessage('warning', `Step ${step + 1}: loss or gradient is not a finite number; the step was skipped.`);
    }
    this.#lastLearningRate = learningRate;
    this.state.global_step = step + 1;
    this.state.total_flos += this.#flopsPerToken * batches.reduce((sum, { cells }) => sum + cells, 0);
    this.#tokens += batches.reduce((sum, { flat }) => sum + flat.inputIds.length, 0);
    const { epoch, taken } = this.#loader.state;
    this.state.epoch = epoch + taken / this.plan.batchesPerEpoch;
    this.#report('training');
    this.#pending = afterStep(args, this.plan, step + 1, taken === this.plan.batchesPerEpoch);
    if (this.#badInARow >= BAD_STEPS) await this.#giveUp();
  }

  #takeBatches(): { flat: FlatRows; cells: number }[] {
    const batches: { flat: FlatRows; cells: number }[] = [];
    while (batches.length < this.#options.args.gradient_accumulation_steps) {
      const batch = this.#loader.next();
      if (!batch) break;
      batches.push({ flat: flatten(batch), cells: batch.rows * batch.width });
    }
    return batches;
  }

  /** Mean loss over the masked tokens of all batches, gradients set; null when nothing is masked. */
  async #forwardBackward(batches: readonly FlatRows[]): Promise<number | null> {
    const { args, model } = this.#options;
    const normalizer = batches.reduce((sum, { labels }) => sum + labels.length, 0);
    let lossSum = 0;
    let firstExample = 0;
    let accumulate = false;
    for (const batch of batches) {
      if (batch.labels.length > 0) {
        const dropout = { seed: args.seed, step: this.state.global_step, firstExample };
        const result = await model.trainStep(batch, { normalizer, accumulate, dropout });
        lossSum += result.lossSum;
        accumulate = true;
      }
      firstExample += batch.lengths.length;
    }
    return normalizer === 0 ? null : lossSum / normalizer;
  }

  /** Does what is due after a step, and obeys requests. Returns how the run ended, if it did. */
  async #settle(): Promise<Outcome | null> {
    for (;;) {
      const asked = this.#options.observer.requested();
      if (asked === 'cancel') return 'cancelled';
      if (asked === 'pause' || asked === 'stop') {
        await this.#save();
        return asked === 'pause' ? 'paused' : 'stopped';
      }
      const action = this.#pending.shift();
      if (action === undefined) return null;
      if (action === 'log') await this.#logLoss();
      else if (action === 'save') await this.#save();
      else if (action === 'evaluate') await this.#logEvaluation();
      else if (action === 'epoch end') this.#pending.unshift(...atEpochEnd(this.#options.args), 'next epoch');
      else this.#nextEpoch();
    }
  }

  /** The next epoch's iterator is made only once this one's evaluation has drawn its masks. */
  #nextEpoch(): void {
    if (!this.#finished) this.#loader.start(this.#loader.state.epoch + 1);
  }

  async #logLoss(): Promise<void> {
    const { state } = this;
    if (state.global_step <= this.#lastLoggedStep) return;
    const loss = this.#losses.take();
    await this.#log({
      ...(loss === null ? {} : { loss }),
      ...(this.#lastGradNorm === null ? {} : { grad_norm: this.#lastGradNorm }),
      learning_rate: this.#lastLearningRate,
    });
    this.#lastLoggedStep = state.global_step;
  }

  async #logEvaluation(): Promise<void> {
    const { args, evalRows } = this.#options;
    if (!evalRows) return;
    const before = this.#generator.state;
    const interrupted = new AbortController();
    const watch = setInterval(() => this.#options.observer.requested() && interrupted.abort(), 200);
    let result: Evaluation;
    try {
      result = await this.evaluate(interrupted.signal);
    } catch (error) {
      if (!isCancelled(error)) throw error;
      // asked to end in the middle: the evaluation is due again after a resume, with the same masks
      this.#generator.state = before;
      this.#pending.unshift('evaluate');
      return;
    } finally {
      clearInterval(watch);
    }
    const metrics: Record<string, number> = evaluationMetrics(result);
    if (result.loss !== null) metrics.eval_perplexity = Math.exp(result.loss);
    await this.#log(metrics);
    const { isBest, giveUp } = judge(args, this.state, metrics, this.#patience);
    if (isBest && args.save_strategy === 'best') this.#pending.unshift('save');
    if (giveUp && !this.#stopping) {
      this.#stopping = true;
      const isDue = this.#pending.includes('epoch end') || this.#pending.includes('next epoch');
      if (!isDue) this.#pending.push('epoch end');
    }
  }

  async #log(values: Record<string, number>): Promise<void> {
    const entry: LogEntry = { ...values, epoch: this.state.epoch, step: this.state.global_step };
    this.state.log_history.push(entry);
    await this.#options.observer.onLog(entry);
  }

  async #summarize(): Promise<void> {
    const seconds = this.#secondsTrained;
    await this.#log({
      train_runtime: rounded(seconds, 4),
      train_samples_per_second: rounded(
        (this.plan.trainSamples * this.state.global_step) / this.plan.maxSteps / seconds,
        3,
      ),
      train_steps_per_second: rounded(this.state.global_step / seconds, 3),
      total_flos: this.state.total_flos,
      train_loss: this.#losses.mean(),
    });
  }

  get #secondsTrained(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  async #save(): Promise<void> {
    const { args, folder, model, tokenizerFiles } = this.#options;
    this.#report('saving');
    if (this.state.best_global_step !== null) {
      const name = checkpointName(this.state.best_global_step);
      const isThere =
        this.state.best_global_step === this.state.global_step ||
        (await listCheckpoints(folder)).some(({ path }) => basename(path) === name);
      if (isThere) this.state.best_model_checkpoint = join(folder, name);
    }
    const checkpoint = await saveCheckpoint(folder, {
      model,
      tokenizerFiles,
      optimizer: this.#optimizer,
      trainerState: this.state,
      loop: this.#loopState(),
      args,
    });
    await this.#options.observer.onSaved?.(checkpoint, this.state);
    await rotateCheckpoints(folder, args.save_total_limit, this.state.best_model_checkpoint);
  }

  #loopState(): LoopState {
    return {
      format: 1,
      pending: this.#pending,
      generator: this.#generator.state,
      loader: this.#loader.state,
      optimizerStep: this.#optimizer.step,
      ...this.#losses.state,
      lastGradNorm: this.#lastGradNorm,
      lastLearningRate: this.#lastLearningRate,
      lastLoggedStep: this.#lastLoggedStep,
      skippedSteps: this.#skippedSteps,
      patienceCounter: this.#patience.counter,
      stopping: this.#stopping,
      secondsTrained: this.#secondsTrained,
    };
  }

  async #restore(checkpoint: string): Promise<void> {
    const { trainerState, loop } = await loadCheckpoint(checkpoint, this.#optimizer);
    if (trainerState.max_steps !== this.plan.maxSteps) {
      this.#options.observer.onMessage(
        'warning',
        `The checkpoint was made for ${trainerState.max_steps} steps; with these arguments and data there are ${this.plan.maxSteps}.`,
      );
    }
    this.state = { ...trainerState, max_steps: this.plan.maxSteps, num_train_epochs: this.plan.numTrainEpochs };
    this.#pending = [...loop.pending];
    this.#generator.state = loop.generator;
    this.#loader.restore(loop.loader);
    this.#losses.state = loop;
    this.#lastGradNorm = loop.lastGradNorm;
    this.#lastLearningRate = loop.lastLearningRate;
    this.#lastLoggedStep = loop.lastLoggedStep;
    this.#skippedSteps = loop.skippedSteps;
    this.#patience.counter = loop.patienceCounter;
    this.#stopping = loop.stopping;
    this.#secondsBefore = loop.secondsTrained;
    await this.#options.observer.onResume(this.state.global_step);
    this.#options.observer.onMessage('info', `Goes on from ${basename(dirname(checkpoint))}/${basename(checkpoint)}.`);
  }

  async #giveUp(): Promise<never> {
    await this.#save();
    throw new ClozeError(
      'bad-input',
      `Loss or gradient was not a finite number ${BAD_STEPS} steps in a row; the run stopped at step ${this.state.global_step}.`,
      'The weights of the last good step are in the last checkpoint. Lower learning_rate, or warm up longer.',
    );
  }

  /** Where the run stands. */
  progress(phase: Progress['phase']): Progress {
    const { global_step: step, epoch } = this.state;
    const seconds = (performance.now() - this.#started) / 1000;
    const steps = step - this.#startedAtStep;
    return {
      phase,
      step,
      maxSteps: this.plan.maxSteps,
      epoch,
      numTrainEpochs: this.plan.numTrainEpochs,
      tokensPerSecond: steps > 0 ? this.#tokens / seconds : null,
      secondsLeft: steps > 0 ? ((this.plan.maxSteps - step) * seconds) / steps : null,
      skippedSteps: this.#skippedSteps,
    };
  }

  #report(phase: Progress['phase']): void {
    this.#options.observer.onProgress(this.progress(phase));
  }
}

/** An evaluation as Trainer logs it, with run_mlm.py's accuracy. A figure that could not be measured is left out. */
export function evaluationMetrics(result: Evaluation): Record<string, number> {
  return {
    ...(result.loss === null ? {} : { eval_loss: result.loss }),
    ...(result.accuracy === null ? {} : { eval_accuracy: result.accuracy }),
    eval_runtime: rounded(result.seconds, 4),
    eval_samples_per_second: rounded(result.rows / result.seconds, 3),
    eval_steps_per_second: rounded(result.batches / result.seconds, 3),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
