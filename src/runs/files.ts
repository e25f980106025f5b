// The run folder's small JSON files: checked when read, replaced whole when written.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeFileAtomic } from '../base/atomic.ts';
import { ClozeError, systemCode } from '../base/errors.ts';
import type { ControlFile, LockFile, ProgressFile, RunFile } from '../protocol/runs.ts';

export const RUN_FILE = 'run.json';
export const PROGRESS_FILE = 'progress.json';
export const CONTROL_FILE = 'control.json';
export const LOCK_FILE = 'lock.json';
export const LOG_HISTORY_FILE = 'log_history.jsonl';
export const TRAIN_LOG_FILE = 'train.log';

const argument = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);

const runSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  clozeVersion: z.string(),
  state: z.enum(['starting', 'running', 'paused', 'stopped', 'cancelled', 'finished', 'failed']),
  message: z.optional(z.string()),
  model: z.string(),
  data: z.array(z.string()),
  args: z.record(z.string(), argument),
  started: z.optional(z.string()),
  ended: z.optional(z.string()),
});

const progressSchema = z.object({
  phase: z.enum(['loading', 'tokenizing', 'training', 'evaluating', 'saving', 'done']),
  step: z.number(),
  maxSteps: z.number(),
  epoch: z.number(),
  numTrainEpochs: z.number(),
  tokensPerSecond: z.nullable(z.number()),
  secondsLeft: z.nullable(z.number()),
  skippedSteps: z.number(),
  share: z.optional(z.number()),
  updated: z.string(),
});

const controlSchema = z.object({ request: z.enum(['pause', 'stop', 'cancel']), at: z.string() });

const lockSchema = z.object({
  pid: z.int().check(z.positive()),
  processStart: z.nullable(z.string()),
  host: z.string(),
  heartbeat: z.string(),
});

/** Throws ClozeError when the folder holds no run, or a damaged one. */
export async function readRunFile(folder: string): Promise<RunFile> {
  const run = await readChecked(join(folder, RUN_FILE), runSchema);
  if (run) return run;
  throw new ClozeError('not-found', `${folder} holds no run of Cloze: it has no ${RUN_FILE}.`, 'Choose a run folder.');
}

export async function writeRunFile(folder: string, run: RunFile): Promise<void> {
  await writeFileAtomic(join(folder, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`);
}

/** null when it is not there, or damaged: the next one is a second away. */
export async function readProgress(folder: string): Promise<ProgressFile | null> {
  return readChecked(join(folder, PROGRESS_FILE), progressSchema).catch(() => null);
}

export async function readControl(folder: string): Promise<ControlFile | null> {
  return readChecked(join(folder, CONTROL_FILE), controlSchema).catch(() => null);
}

export async function readLock(folder: string): Promise<LockFile | null> {
  return readChecked(join(folder, LOCK_FILE), lockSchema).catch(() => null);
}

/** Throws when `text` is no lock. */
export function parseLock(text: string): LockFile {
  return lockSchema.parse(JSON.parse(text));
}

/** As {@link readControl}, at once: for a loop that asks between steps. */
export function readControlNow(folder: string): ControlFile | null {
  try {
    return controlSchema.parse(JSON.parse(readFileSync(join(folder, CONTROL_FILE), 'utf8')));
  } catch {
    return null;
  }
}

async function readChecked<T>(path: string, schema: z.ZodMiniType<T>): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw new ClozeError(
      'bad-input',
      `Could not read ${path} (${systemCode(error) ?? error}).`,
      'Check its permissions.',
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ClozeError('bad-input', `${path} is damaged: it is not JSON.`, 'Remove the run from the list.');
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new ClozeError(
    'bad-input',
    `${path} is damaged or of another version (${issue?.path.join('.') || 'the whole'}: ${issue?.message}).`,
    'Remove the run from the list, or update Cloze.',
  );
}
