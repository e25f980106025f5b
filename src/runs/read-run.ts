// A run folder as the views see it.
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEntry, RunFile, RunState, RunSummary } from '../protocol/runs.ts';
import { readLock, readProgress, readRunFile, TRAIN_LOG_FILE } from './files.ts';
import { ownerIsAlive } from './lock.ts';
import { readLogHistory } from './log-history.ts';

/** A process that was just started has this long to take its lock. */
const START_MS = 30_000;

/** Throws ClozeError when the folder holds no run or a damaged one. */
export async function readRun(folder: string): Promise<RunSummary> {
  const run = await readRunFile(folder);
  const [progress, history, state] = await Promise.all([
    readProgress(folder),
    readLogHistory(folder),
    stateOf(folder, run),
  ]);
  return {
    folder,
    run,
    state,
    progress,
    loss: lastOf(history, 'loss'),
    evalLoss: lastOf(history, 'eval_loss'),
  };
}

/** The state that run.json says, or 'crashed' when nobody is there to bring the run to its end. */
export async function stateOf(folder: string, run: RunFile): Promise<RunState> {
  if (run.state !== 'starting' && run.state !== 'running') return run.state;
  const lock = await readLock(folder);
  if (lock) return (await ownerIsAlive(lock)) ? run.state : 'crashed';
  const since = Date.now() - Date.parse(run.started ?? run.created);
  return run.state === 'starting' && since < START_MS ? 'starting' : 'crashed';
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
