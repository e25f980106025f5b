// checkpoint-N/: everything a run needs to go on as if it had never stopped. Written beside, then renamed.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { explainWriteError, syncFolder, writeFileAtomic } from '../base/atomic.ts';
import { ClozeError, systemCode } from '../base/errors.ts';
import { SafetensorsFile } from '../models/safetensors-read.ts';
import { writeSafetensors } from '../models/safetensors-write.ts';
import { saveMaskedLM } from '../models/save.ts';
import type { MaskedLM } from '../models/types.ts';
import type { Mt19937State } from '../random/mt19937.ts';
import type { Tokenizer } from '../tokenize/types.ts';
import type { AdamW } from './adamw.ts';
import type { LoaderState } from './loader.ts';
import type { LossMeterState } from './loss-meter.ts';
import { sortedJson, type TrainerState } from './trainer-state.ts';

/** What comes after an optimizer step, in order. */
export type Action = 'log' | 'evaluate' | 'save' | 'epoch end' | 'next epoch';

/** loop_state.json: where the training loop stands, beside what Trainer's own files say. */
export interface LoopState extends LossMeterState {
  readonly format: 1;
  /** What was still to do after the step when the checkpoint was written. */
  readonly pending: readonly Action[];
  /** torch's global generator. */
  readonly generator: Mt19937State;
  readonly loader: LoaderState;
  readonly optimizerStep: number;
  readonly lastGradNorm: number | null;
  readonly lastLearningRate: number;
  readonly lastLoggedStep: number;
  readonly skippedSteps: number;
  readonly patienceCounter: number;
  /** Early stopping has spoken. */
  readonly stopping: boolean;
  readonly secondsTrained: number;
}

export interface CheckpointContent {
  readonly model: MaskedLM;
  readonly tokenizerFiles: TokenizerFiles;
  readonly optimizer: AdamW;
  readonly trainerState: TrainerState;
  readonly loop: LoopState;
  /** The arguments, for training_args.json. */
  readonly args: object;
}

export function checkpointName(step: number): string {
  return `checkpoint-${step}`;
}

/** Writes `folder`/checkpoint-N. A crash or a full disk leaves no half checkpoint and no older one damaged. */
export async function saveCheckpoint(folder: string, content: CheckpointContent): Promise<string> {
  const target = join(folder, checkpointName(content.trainerState.global_step));
  const temporary = `${target}.tmp`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await saveModelFolder(temporary, content.model, content.tokenizerFiles);
    const shapes = new Map(content.model.parameters.map(({ name, shape }) => [name, shape]));
    const moments = (prefix: string, of: ReadonlyMap<string, Float32Array>) =>
      [...of].map(([name, data]) => ({ name: `${prefix}.${name}`, shape: shapes.get(name) ?? [data.length], data }));
    await writeSafetensors(
      join(temporary, 'optimizer.safetensors'),
      [...moments('exp_avg', content.optimizer.expAvg), ...moments('exp_avg_sq', content.optimizer.expAvgSq)],
      'float32',
    );
    await writeFile(join(temporary, 'training_args.json'), sortedJson(withoutPlaces(content.args)));
    await writeFile(join(temporary, 'trainer_state.json'), sortedJson(content.trainerState));
    await writeFile(join(temporary, 'loop_state.json'), JSON.stringify(content.loop), { flush: true });
    await syncFolder(temporary);
    // a pause right after a save writes the same step again: the first stays until the second is there
    await rename(target, `${target}.old`).catch((error) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    await rename(temporary, target);
    await syncFolder(folder);
    await rm(`${target}.old`, { recursive: true, force: true });
    return target;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw explainWriteError(target, error);
  }
}

/** Paths by their last part: the file may be shared, and nobody has to know how the folders here are named. */
export function withoutPlaces(args: object): object {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    return typeof value === 'string' && isAbsolute(value) ? basename(value) : value;
  };
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, plain(value)]));
}

/** The tokenizer's files by name, held in memory: the folder they came from may be gone when they are written. */
export type TokenizerFiles = ReadonlyMap<string, Uint8Array>;

export async function readTokenizerFiles({ folder, files }: Tokenizer): Promise<TokenizerFiles> {
  return new Map(await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

/** A Hugging Face model folder: config.json, model.safetensors and the tokenizer's files. */
export async function saveModelFolder(folder: string, model: MaskedLM, tokenizer: TokenizerFiles): Promise<void> {
  await saveMaskedLM(model, folder);
  for (const [name, content] of tokenizer) await writeFileAtomic(join(folder, name), content);
}

/** Reads the states of a checkpoint and fills the optimizer. The model is loaded from the folder by itself. */
export async function loadCheckpoint(
  folder: string,
  optimizer: AdamW,
): Promise<{ trainerState: TrainerState; loop: LoopState }> {
  const trainerState = (await readJsonFile(folder, 'trainer_state.json')) as TrainerState;
  const loop = (await readJsonFile(folder, 'loop_state.json')) as LoopState;
  if (loop.format !== 1) throw damaged(folder, 'loop_state.json is of an unknown format');
  const file = await SafetensorsFile.open(join(folder, 'optimizer.safetensors'));
  try {
    for (const [prefix, moments] of [
      ['exp_avg', optimizer.expAvg],
      ['exp_avg_sq', optimizer.expAvgSq],
    ] as const) {
      for (const [name, data] of moments) {
        const entry = file.tensors.get(`${prefix}.${name}`);
        const saved = entry && (await file.read(entry));
        if (saved?.length !== data.length) throw damaged(folder, `optimizer.safetensors has no ${prefix}.${name}`);
        data.set(saved);
      }
    }
  } finally {
    await file.close();
  }
  optimizer.step = loop.optimizerStep;
  return { trainerState, loop };
}

/** Puts right what a process left that was killed while it saved. The caller owns the run. */
export async function recoverCheckpoints(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, checkpoint, rest] = /^(checkpoint-\d+)\.(old|tmp)$/.exec(name) ?? [];
    if (checkpoint === undefined) continue;
    const isReplaced = await stat(join(folder, checkpoint)).catch(() => null);
    if (rest === 'old' && !isReplaced) await rename(join(folder, name), join(folder, checkpoint));
    else await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The whole checkpoints in `folder`, the last step last. */
export async function listCheckpoints(folder: string): Promise<{ step: number; path: string }[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .map((name) => ({ step: Number(/^checkpoint-(\d+)$/.exec(name)?.[1] ?? Number.NaN), path: join(folder, name) }))
    .filter(({ step }) => !Number.isNaN(step))
    .sort((a, b) => a.step - b.step);
}

/** The checkpoint to go on from: `wanted` as a path, or the last one of `folder` for "true". */
export async function findCheckpoint(folder: string, wanted: string): Promise<string> {
  if (wanted !== 'true') {
    const isThere = await stat(join(wanted, 'loop_state.json')).catch(() => null);
    if (isThere) return wanted;
    throw new ClozeError(
      'not-found',
      `${wanted} is no checkpoint of Cloze: it has no loop_state.json.`,
      'Name a checkpoint-N folder, or leave the path out for the last one.',
    );
  }
  const last = (await listCheckpoints(folder)).at(-1);
  if (last) return last.path;
  throw new ClozeError('not-found', `There is no checkpoint in ${folder}.`, 'Start the run anew.');
}

/** Deletes the oldest checkpoints above `limit`; the best and the newest stay. */
export async function rotateCheckpoints(folder: string, limit: number | null, best: string | null): Promise<void> {
  if (limit === null) return;
  const all = await listCheckpoints(folder);
  const newest = all.at(-1)?.path;
  const removable = all.filter(({ path }) => path !== newest && (best === null || basename(path) !== basename(best)));
  for (const { path } of removable.slice(0, Math.max(0, all.length - limit))) {
    await rm(path, { recursive: true, force: true });
  }
}

async function readJsonFile(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8'));
  } catch (error) {
    throw damaged(folder, `${name} cannot be read (${error instanceof Error ? error.message : error})`);
  }
}

function damaged(folder: string, what: string): ClozeError {
  return new ClozeError(
    'bad-input',
    `The checkpoint ${folder} is damaged: ${what}.`,
    'Resume from an older checkpoint.',
  );
}
