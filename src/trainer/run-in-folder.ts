// The training loop's shell: it owns a run folder, tells it everything, and obeys what is asked there.

import { rm, stat } from 'node:fs/promises';
import { availableParallelism, constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { ClozeError, describeError, isCancelled } from '../base/errors.ts';
import { resolveArguments, type TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry, ProgressFile, RunFile } from '../protocol/runs.ts';
import { CONTROL_FILE, PROGRESS_FILE, readControl, readRunFile, writeRunFile } from '../runs/files.ts';
import { acquireLock, HEARTBEAT_MS } from '../runs/lock.ts';
import { appendLog } from '../runs/log-history.ts';
import { listCheckpoints } from '../train/checkpoint.ts';
import type { Outcome, Progress, Request, TrainingObserver } from '../train/observer.ts';
import { runMlm } from '../train/run-mlm.ts';

const PROGRESS_MS = 1000;
const CONTROL_MS = 250;

export interface ShellOptions {
  /** Go on from the last checkpoint; without one the run starts over. */
  readonly resume: boolean;
  /** A checkpoint folder to go on from instead of the last. */
  readonly checkpoint?: string | undefined;
  /** What the caller asks for (Ctrl-C); asked between steps. */
  readonly requested?: (() => Request | null) | undefined;
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onMessage?: ((level: 'info' | 'warning', text: string) => void) | undefined;
}

/** Runs the training that `folder`/run.json describes, to the end it comes to. Throws what made it fail. */
export async function runInFolder(folder: string, options: ShellOptions): Promise<Outcome> {
  const lock = await acquireLock(folder);
  lowerPriority();
  const control = new Control(folder, options.requested);
  const progress = new ProgressWriter(folder, options.onProgress);
  const heartbeat = setInterval(() => void lock.beat().catch(() => undefined), HEARTBEAT_MS);
  try {
    await rm(join(folder, CONTROL_FILE), { force: true });
    const run = await update(folder, { state: 'running', started: new Date().toISOString() });
    const args = await argumentsOf(run, folder, options);
    if (options.resume && args.resume_from_checkpoint === null) await appendLog(folder, { resumed_from: 0 });
    const outcome = await train(args, folder, control, progress, options);
    await update(folder, { state: outcome, ended: new Date().toISOString() });
    return outcome;
  } catch (error) {
    await update(folder, { state: 'failed', message: describeError(error), ended: new Date().toISOString() }).catch(
      () => undefined, // a full disk fails here too; the error itself is told
    );
    throw error;
  } finally {
    clearInterval(heartbeat);
    control.dispose();
    await progress.finish();
    await lock.release();
  }
}

async function train(
  args: TrainingArguments,
  folder: string,
  control: Control,
  progress: ProgressWriter,
  options: ShellOptions,
): Promise<Outcome> {
  const observer: TrainingObserver = {
    async onLog(entry) {
      await appendLog(folder, entry);
      options.onLog?.(entry);
    },
    onProgress: (now) => progress.tell(now),
    requested: () => control.requested,
    onResume: (step) => appendLog(folder, { resumed_from: step }),
    onMessage: (level, text) => options.onMessage?.(level, text),
  };
  try {
    return await runMlm(args, observer);
  } catch (error) {
    const asked = control.requested;
    if (!isCancelled(error) || asked === null) throw error;
    // asked to end before the first step: there is nothing to save yet
    return asked === 'pause' ? 'paused' : 'cancelled';
  }
}

async function argumentsOf(run: RunFile, folder: string, options: ShellOptions): Promise<TrainingArguments> {
  const { args, errors } = resolveArguments(run.args);
  if (!args) throw new ClozeError('bad-argument', errors.map(({ message }) => message).join(' '));
  const hasCheckpoint = options.resume && (await listCheckpoints(folder)).length > 0;
  return {
    ...args,
    output_dir: folder,
    resume_from_checkpoint: options.checkpoint ?? (hasCheckpoint ? 'true' : null),
    threads: args.threads ?? Math.max(1, availableParallelism() - 1),
  };
}

async function update(folder: string, change: Partial<RunFile>): Promise<RunFile> {
  const { message: _, ended: __, ...run } = await readRunFile(folder);
  const updated = { ...run, ...change };
  await writeRunFile(folder, updated);
  return updated;
}

/** Training is patient work: whatever the user does comes first. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // not allowed here; training goes on at normal priority
  }
}

/** What was asked of the run: by control.json, looked at four times a second, or by the caller. */
class Control {
  readonly #folder: string;
  readonly #asked: (() => Request | null) | undefined;
  readonly #timer: NodeJS.Timeout;
  #fromFile: Request | null = null;

  constructor(folder: string, asked: (() => Request | null) | undefined) {
    this.#folder = folder;
    this.#asked = asked;
    this.#timer = setInterval(() => void this.#look(), CONTROL_MS);
  }

  get requested(): Request | null {
    return this.#asked?.() ?? this.#fromFile;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const isThere = await stat(join(this.#folder, CONTROL_FILE)).catch(() => null);
    if (isThere) this.#fromFile = (await readControl(this.#folder))?.request ?? this.#fromFile;
  }
}

/** progress.json, at most once a second, one write at a time. */
class ProgressWriter {
  readonly #folder: string;
  readonly #listener: ((progress: Progress) => void) | undefined;
  #last: Progress | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | null = null;

  constructor(folder: string, listener: ((progress: Progress) => void) | undefined) {
    this.#folder = folder;
    this.#listener = listener;
  }

  tell(progress: Progress): void {
    const sameKind = this.#last?.phase === progress.phase;
    this.#last = progress;
    this.#listener?.(progress);
    const now = performance.now();
    if (this.#writing || (sameKind && now - this.#writtenAt < PROGRESS_MS)) return;
    this.#writtenAt = now;
    this.#writing = this.#write(progress).finally(() => {
      this.#writing = null;
    });
  }

  async finish(): Promise<void> {
    await this.#writing;
    if (this.#last) await this.#write({ ...this.#last, phase: 'done', secondsLeft: null });
  }

  async #write(progress: Progress): Promise<void> {
    const file: ProgressFile = { ...progress, updated: new Date().toISOString() };
    // a view that misses one second is no reason to end a run
    await writeFileAtomic(join(this.#folder, PROGRESS_FILE), JSON.stringify(file)).catch(() => undefined);
  }
}
