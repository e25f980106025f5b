// A new run folder: where it goes, and what must not be written over.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { explainWriteError } from '../base/atomic.ts';
import { ClozeError } from '../base/errors.ts';
import type { TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { ArgumentValue, RunFile } from '../protocol/runs.ts';
import { LOCK_FILE, RUN_FILE, readLock, readRunFile, writeRunFile } from './files.ts';
import { ownerIsAlive } from './lock.ts';
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
  LOCK_FILE,
];

export interface NewRun {
  readonly args: TrainingArguments;
  readonly clozeVersion: string;
}

/** Makes the folder with its run.json and puts it on the list. `args.output_dir` must be set. */
export async function createRun({ args, clozeVersion }: NewRun): Promise<RunFile> {
  const folder = resolve(args.output_dir ?? '');
  await refuseOtherRun(folder, args.overwrite_output_dir);
  const created = new Date().toISOString();
  const run: RunFile = {
    format: 1,
    id: `${created.slice(0, 10)}-${randomBytes(4).toString('hex')}`,
    name: args.run_name ?? basename(folder),
    created,
    clozeVersion,
    state: 'starting',
    model: args.model_name_or_path,
    data: [...args.train_file, ...args.validation_file],
    args: absolutePaths({ ...args } as unknown as Record<string, ArgumentValue>, folder),
    started: created,
  };
  try {
    await mkdir(folder, { recursive: true });
    await writeRunFile(folder, run);
  } catch (error) {
    throw explainWriteError(folder, error);
  }
  await registerRun(run.id, folder);
  return run;
}

/** Marks a run as about to go on; `args` replace those it was started with. */
export async function reopenRun(folder: string, args?: TrainingArguments): Promise<RunFile> {
  const run = await readRunFile(folder);
  const { ended: _, message: __, ...rest } = run;
  const reopened: RunFile = {
    ...rest,
    state: 'starting',
    started: new Date().toISOString(),
    ...(args ? { args: absolutePaths({ ...args } as unknown as Record<string, ArgumentValue>, folder) } : {}),
  };
  await writeRunFile(folder, reopened);
  await registerRun(run.id, folder);
  return reopened;
}

/** "runs/<model>-<data>-<time>" below `base`. */
export function defaultRunFolder(base: string, args: TrainingArguments, now = new Date()): string {
  const plain = (path: string) => basename(path, extname(path)).replace(/[^\w.-]+/g, '-');
  const time = now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const data = args.train_file[0] ? plain(args.train_file[0]) : 'data';
  return join(base, 'runs', `${plain(args.model_name_or_path)}-${data}-${time}`);
}

/** Relative paths mean the folder somebody stood in, which a later resume cannot know. */
function absolutePaths(args: Record<string, ArgumentValue>, folder: string): Record<string, ArgumentValue> {
  const all = (value: ArgumentValue | undefined) => (Array.isArray(value) ? value.map((path) => resolve(path)) : []);
  return {
    ...args,
    train_file: all(args.train_file),
    validation_file: all(args.validation_file),
    output_dir: folder,
    overwrite_output_dir: false,
    resume_from_checkpoint: null,
  };
}

async function refuseOtherRun(folder: string, overwrite: boolean): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const held = names.filter((name) => RUN_CONTENT.includes(name) || /^checkpoint-\d+$/.test(name));
  if (held.length === 0) return;
  const owner = await readLock(folder);
  if (owner && (await ownerIsAlive(owner))) {
    throw new ClozeError('busy', `A run is going on in ${folder}.`, 'Choose another output_dir.');
  }
  if (!overwrite) {
    throw new ClozeError(
      'bad-argument',
      `${folder} already holds ${names.includes(RUN_FILE) ? 'a run' : held[0]}.`,
      'Choose another output_dir, go on with --resume_from_checkpoint, or start afresh with --overwrite_output_dir.',
    );
  }
  for (const name of held) await rm(join(folder, name), { recursive: true, force: true });
}
