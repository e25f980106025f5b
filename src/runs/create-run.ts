// A new run folder: where it goes, and what must not be written over.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { RunFile } from '../protocol/runs.ts';
import { CONTROL_FILE, RUN_FILE, readRunFile, writeRunFile } from './files.ts';
import { acquireLock, type Lock } from './lock.ts';
import { registerRun } from './registry.ts';

/** What a run leaves in its folder; overwriting deletes these and nothing else. */
const RUN_CONTENT: readonly string[] = [
  RUN_FILE,
  'control.json',
  'progress.json',
  'log_history.jsonl',
  'train.log',
  'trainer_state.json',
  'train_results.json',
  'eval_results.json',
  'all_results.json',
  'model.safetensors',
  'training_args.json',
  'push.tmp',
];

export interface NewRun {
  readonly args: TrainingArguments;
  readonly clozeVersion: string;
}

/**
 * Makes the folder with its run.json and puts it on the list. `args.output_dir` must be set. This process owns the run
 * from then on, until it trains there itself or hands it over.
 */
export async function createRun(newRun: NewRun): Promise<RunFile> {
  return (await createLockedRun(newRun)).run;
}

/** As {@link createRun}, with the lock to hand over. */
export async function createLockedRun({ args, clozeVersion }: NewRun): Promise<{ run: RunFile; lock: Lock }> {
  const folder = resolve(args.output_dir ?? '');
  const paths = await absolutePaths(args, folder);
  return takeFolder(folder, async () => {
    const sources = [paths.model_name_or_path, paths.tokenizer_name, paths.config_name].filter((name) => name !== null);
    await refuseOtherRun(folder, args.overwrite_output_dir, sources);
    const created = new Date().toISOString();
    return {
      format: 1,
      id: `${created.slice(0, 10)}-${randomBytes(4).toString('hex')}`,
      name: args.run_name ?? basename(folder),
      created,
      clozeVersion,
      state: 'starting',
      model: modelOf(args),
      data: [...args.train_file, ...args.validation_file],
      args: paths as unknown as RunFile['args'],
      started: created,
    };
  });
}

/**
 * Makes this process the owner of a run that nobody runs, and marks it as about to go on; `args` replace those it was
 * started with. Throws ClozeError 'busy' when it is going on.
 */
export async function reopenRun(folder: string, args?: TrainingArguments): Promise<RunFile> {
  return (await reopenLockedRun(folder, args)).run;
}

/** As {@link reopenRun}, with the lock to hand over. */
export async function reopenLockedRun(folder: string, args?: TrainingArguments): Promise<{ run: RunFile; lock: Lock }> {
  await readRunFile(folder);
  return takeFolder(folder, async () => {
    const { ended: _, message: __, ...rest } = await readRunFile(folder);
    // asked of an earlier process, which died over it
    await rm(join(folder, CONTROL_FILE), { force: true });
    return {
      ...rest,
      state: 'starting',
      started: new Date().toISOString(),
      ...(args ? { args: (await absolutePaths(args, folder)) as unknown as RunFile['args'] } : {}),
    };
  });
}

/** Locks the folder and writes there what `describe` tells of the run; unlocks it when that fails. */
async function takeFolder(folder: string, describe: () => Promise<RunFile>): Promise<{ run: RunFile; lock: Lock }> {
  const lock = await acquireLock(folder);
  try {
    const run = await describe();
    await writeRunFile(folder, run);
    await registerRun(run.id, folder);
    return { run, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** "runs/<model>-<data>-<time>" below `base`, in local time; nothing is there yet. */
export function defaultRunFolder(base: string, args: TrainingArguments, now = new Date()): string {
  const plain = (name: string) => name.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '');
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('');
  const file = args.train_file[0];
  const data = file === undefined ? 'data' : plain(basename(file, extname(file)));
  const name = `${plain(basename(modelOf(args)))}-${data}-${day}-${time}`;
  for (let count = 1; ; count++) {
    const folder = join(base, 'runs', count === 1 ? name : `${name}-${count}`);
    if (!existsSync(folder)) return folder;
  }
}

/** What the run starts from: a model, or the config of a new one. */
const modelOf = (args: TrainingArguments): string => args.model_name_or_path ?? args.config_name ?? '';

/** Relative paths mean the folder somebody stood in, which a later resume cannot know. */
async function absolutePaths(args: TrainingArguments, folder: string): Promise<TrainingArguments> {
  // a model may be a name in the cache as well
  const model = async (name: string) => ((await isThere(name)) ? resolve(name) : name);
  return {
    ...args,
    model_name_or_path: args.model_name_or_path && (await model(args.model_name_or_path)),
    tokenizer_name: args.tokenizer_name && (await model(args.tokenizer_name)),
    config_name: args.config_name && (await model(args.config_name)),
    train_file: args.train_file.map((path) => resolve(path)),
    validation_file: args.validation_file.map((path) => resolve(path)),
    output_dir: folder,
    overwrite_output_dir: false,
    resume_from_checkpoint: null,
  };
}

/** The caller owns `folder`: no run is going on there. */
async function refuseOtherRun(folder: string, overwrite: boolean, sources: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const held = names.filter((name) => RUN_CONTENT.includes(name) || /^checkpoint-\d+(\.(tmp|old))?$/.test(name));
  if (held.length === 0) return;
  if (!overwrite) {
    throw new ClozeError(
      'bad-argument',
      `${folder} already holds ${names.includes(RUN_FILE) ? 'a run' : held[0]}.`,
      'Choose another output_dir, go on with --resume_from_checkpoint, or start afresh with --overwrite_output_dir.',
    );
  }
  const inside = sources.find((source) => `${source}${sep}`.startsWith(`${folder}${sep}`));
  if (inside !== undefined) {
    throw new ClozeError(
      'bad-argument',
      `${folder} cannot be overwritten: what the run starts from, ${inside}, is in it.`,
      'Choose another output_dir.',
    );
  }
  for (const name of held) await rm(join(folder, name), { recursive: true, force: true });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
