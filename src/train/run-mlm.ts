// One training run from arguments to a saved model, as run_mlm.py does it.
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { ClozeError } from '../base/errors.ts';
import type { TokenRows } from '../data/token-rows.ts';
import { removeExport } from '../models/export/export-onnx.ts';
import { loadMaskedLM } from '../models/load.ts';
import type { MaskedLM } from '../models/types.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry } from '../protocol/runs.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import {
  findCheckpoint,
  readTokenizerFiles,
  saveModelFolder,
  type TokenizerFiles,
  withoutPlaces,
} from './checkpoint.ts';
import { collateRows } from './collate-rows.ts';
import { exportAtEnd } from './export-at-end.ts';
import { type Outcome, type Progress, type TrainingObserver, waiting } from './observer.ts';
import { openModel } from './open-model.ts';
import { type RunRows, readRows } from './read-rows.ts';
import { evaluationMetrics, Trainer } from './trainer.ts';
import { sortedJson } from './trainer-state.ts';
import { type CardFacts, cardFacts, writeCard } from './write-card.ts';

/** Trains in `args.output_dir`, which must be set. What ends it early comes from the observer. */
export async function runMlm(
  args: TrainingArguments,
  observer: TrainingObserver,
  signal?: AbortSignal,
): Promise<Outcome> {
  const folder = args.output_dir;
  if (folder === null) throw new ClozeError('bad-argument', 'output_dir is not set: there is nowhere to save.');
  const { outcome, progress } = await trainAndSave(args, folder, observer, signal);
  const saved = outcome === 'finished' || outcome === 'stopped';
  // only now, when the model that was trained has left the memory
  if (saved && args.export_onnx) await exportAtEnd(folder, observer, progress);
  return outcome;
}

async function trainAndSave(
  args: TrainingArguments,
  folder: string,
  observer: TrainingObserver,
  signal: AbortSignal | undefined,
): Promise<{ outcome: Outcome; progress: Progress }> {
  observer.onProgress(waiting('loading'));
  const checkpoint = args.resume_from_checkpoint
    ? await findCheckpoint(folder, args.resume_from_checkpoint)
    : undefined;
  const { tokenizer, model } = await openModel(args, checkpoint, (message) => observer.onMessage('warning', message));
  const card = await cardFacts(args);
  let rows: RunRows | null = null;
  try {
    const tokenizerFiles = await readTokenizerFiles(tokenizer);
    for (const note of model.notes) observer.onMessage('info', note);
    const length = rowLength(args, tokenizer, model, observer);
    rows = await readRows(args, tokenizer, length, observer, signal);
    const { trainRows, evalRows } = rows;
    const trainer = new Trainer({
      args,
      folder,
      model,
      tokenizerFiles,
      trainRows,
      evalRows,
      collateWith: collateRows(args, tokenizer, length),
      observer,
    });
    const outcome = await trainer.train(checkpoint);
    if (outcome === 'finished' || outcome === 'stopped') {
      await saveResults({ args, folder, trainer, model, tokenizerFiles, card, trainRows, evalRows, outcome });
    }
    return { outcome, progress: trainer.progress('saving') };
  } finally {
    rows?.trainRows.close();
    rows?.evalRows?.close();
    await model.release();
  }
}

/** max_seq_length, or the tokenizer's limit up to 1,024, never more than the model's positions. */
function rowLength(args: TrainingArguments, tokenizer: Tokenizer, model: MaskedLM, observer: TrainingObserver): number {
  const limit = model.maxLength;
  const wanted = args.max_seq_length ?? Math.min(tokenizer.modelMaxLength ?? 1024, 1024);
  if (args.max_seq_length !== null && wanted > limit) {
    observer.onMessage(
      'warning',
      `max_seq_length ${wanted} is more than the model's ${limit} positions; ${limit} is used.`,
    );
  }
  return Math.min(wanted, limit);
}

interface Results {
  readonly args: TrainingArguments;
  readonly folder: string;
  readonly trainer: Trainer;
  readonly model: MaskedLM;
  readonly tokenizerFiles: TokenizerFiles;
  readonly card: CardFacts;
  readonly trainRows: TokenRows;
  readonly evalRows: TokenRows | null;
  readonly outcome: Outcome;
}

/** The model, trainer_state.json, and run_mlm.py's result files. */
async function saveResults(results: Results): Promise<void> {
  const { args, folder, trainer, model, tokenizerFiles, card, trainRows, evalRows, outcome } = results;
  const best = args.load_best_model_at_end && outcome === 'finished' ? trainer.bestCheckpoint : null;
  if (best) await copyWeights(best, model);
  await saveModelFolder(folder, model, tokenizerFiles);
  await removeExport(folder);
  await writeFileAtomic(join(folder, 'trainer_state.json'), sortedJson(trainer.state));
  await writeFileAtomic(join(folder, 'training_args.json'), sortedJson(withoutPlaces(args)));
  if (outcome !== 'finished') return writeCard(folder, card, trainer.state.log_history);
  const { epoch } = trainer.state;
  const { step: _, ...summary } = trainer.state.log_history.at(-1) ?? { step: 0 };
  const train = { ...summary, train_samples: trainRows.length };
  await writeFileAtomic(join(folder, 'train_results.json'), sortedJson(train));
  let all: Record<string, number> = train;
  let history: readonly LogEntry[] = trainer.state.log_history;
  if (evalRows) {
    const metrics = evaluationMetrics(await trainer.evaluate());
    const loss = metrics.eval_loss;
    const evaluated = {
      ...metrics,
      epoch,
      eval_samples: evalRows.length,
      ...(loss === undefined ? {} : { perplexity: Math.exp(loss) }),
    };
    await writeFileAtomic(join(folder, 'eval_results.json'), sortedJson(evaluated));
    all = { ...all, ...evaluated };
    history = [...history, { ...metrics, epoch, step: trainer.state.global_step }];
  }
  await writeFileAtomic(join(folder, 'all_results.json'), sortedJson(all));
  await writeCard(folder, card, history);
}

async function copyWeights(folder: string, model: MaskedLM): Promise<void> {
  const saved = await loadMaskedLM(folder, { train: false });
  for (const [i, { data }] of saved.parameters.entries()) model.parameters[i]?.data.set(data);
  await saved.release();
}
