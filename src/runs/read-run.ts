// A run folder as the views see it.
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import { isLive } from '../protocol/run-text.ts';
import type { LogEntry, RunFile, RunState, RunSummary } from '../protocol/runs.ts';
import { readLock, readProgress, readRunFile, TRAIN_LOG_FILE } from './files.ts';
import { ownerIsAlive } from './lock.ts';
import { readLogHistory } from './log-history.ts';

/** Throws ClozeError when the folder holds no run or a damaged one. */
export async function readRun(folder: string): Promise<RunSummary> {
  return summarize(folder, await readLogHistory(folder));
}

/** A run whose log history is known already. */
export async function summarize(folder: string, history: readonly LogEntry[]): Promise<RunSummary> {
  let run = await readRunFile(folder);
  let state = await stateOf(folder, run);
  if (state === 'crashed') {
    // it may have ended well between the two looks
    run = await readRunFile(folder);
    state = await stateOf(folder, run);
  }
  const progress = await readProgress(folder);
  return {
    folder,
    run,
    state,
    progress,
    loss: lastOf(history, 'loss'),
    evalLoss: lastOf(history, 'eval_loss'),
    learningRate: lastOf(history, 'learning_rate'),
  };
}

/** The state that run.json says, or 'crashed' when nobody is there to bring the run to its end. */
export async function stateOf(folder: string, run: RunFile): Promise<RunState> {
  if (run.state !== 'starting' && run.state !== 'running') return run.state;
  const lock = await readLock(folder);
  return lock && (await ownerIsAlive(lock)) ? run.state : 'crashed';
}

/** Throws ClozeError 'busy' when `folder` is that of a run that is going on: its files are still to change. */
export async function refuseLiveRun(folder: string): Promise<void> {
  const run = await readRunFile(folder).catch(() => null);
  if (!run || !isLive(await stateOf(folder, run))) return;
  throw new ClozeError('busy', `The run in ${folder} is still going on.`, 'Share it when it has finished, or stop it.');
}

/** The last `count` lines of train.log. */
export async function lastLogLines(folder: string, count: number): Promise<string[]> {
  const path = join(folder, TRAIN_LOG_FILE);
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size === 0) return [];
  const file = await open(path, 'r');
  try {
    const length = Math.min(size, 64 * 1024);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    await file.close();
  }
}

function lastOf(history: readonly LogEntry[], key: string): number | null {
  return history.findLast((entry) => Number.isFinite(entry[key]))?.[key] ?? null;
}
