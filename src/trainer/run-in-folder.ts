// The training loop's shell: it owns a run folder, tells it everything, and obeys what is asked there.
import { access, rm } from 'node:fs/promises';
import { availableParallelism, constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { ClozeError, describeError, isCancelled } from '../base/errors.ts';
import { resolveArguments, type TrainingArguments } from '../protocol/resolve-arguments.ts';
import type { LogEntry, RunFile } from '../protocol/runs.ts';
import { CONTROL_FILE, PROGRESS_FILE, readRunFile, writeRunFile } from '../runs/files.ts';
import { adoptLock, HEARTBEAT_MS, type Lock } from '../runs/lock.ts';
import { appendLog } from '../runs/log-history.ts';
import { listCheckpoints, recoverCheckpoints } from '../train/checkpoint.ts';
import type { Outcome, Progress, Request, TrainingObserver } from '../train/observer.ts';
import { runMlm } from '../train/run-mlm.ts';
import { Control } from './control.ts';
import { ProgressWriter } from './progress-writer.ts';
import { Sharing } from './sharing.ts';
import { TrainLog } from './train-log.ts';

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
  lowerPriority();
  const lock = await adoptLock(folder);
  const shell: Shell = {
    folder,
    options,
    log: new TrainLog(folder),
    control: new Control(folder, options.requested),
    progress: new ProgressWriter(folder, options.onProgress),
  };
  const heartbeat = setInterval(() => beat(lock, shell), HEARTBEAT_MS);
  try {
    return await runOwned(shell);
  } finally {
    clearInterval(heartbeat);
    shell.control.dispose();
    if (shell.control.lost === null) {
      shell.progress.finish();
      await rm(join(folder, CONTROL_FILE), { force: true }).catch(() => undefined);
    }
    await lock.release();
  }
}

interface Shell {
  readonly folder: string;
  readonly options: ShellOptions;
  readonly log: TrainLog;
  readonly control: Control;
  readonly progress: ProgressWriter;
}

async function runOwned(shell: Shell): Promise<Outcome> {
  const { folder, options, control, log } = shell;
  log.write(`Process ${process.pid} ${options.resume ? 'goes on with' : 'starts'} the run in ${folder}`);
  try {
    await recoverCheckpoints(folder);
    const run = await update(folder, { state: 'running', started: new Date().toISOString() });
    const args = await argumentsOf(run, folder, options);
    // the tokenizers' own threads
    process.env.RAYON_NUM_THREADS ??= String(args.threads);
    if (options.resume && args.resume_from_checkpoint === null) await appendLog(folder, { resumed_from: 0 });
    const sharing = await Sharing.start({ args, folder, tell: (level, text) => tell(shell, level, text) });
    try {
      const outcome = await train(args, shell, sharing);
      if (control.lost !== null) throw control.lost;
      await update(folder, { state: outcome, ended: new Date().toISOString() });
      log.write(`The run is ${outcome}.`);
      if (sharing && outcome === 'finished') await share(sharing, shell);
      else if (sharing && outcome === 'stopped')
        tell(shell, 'info', `Not shared, as it was stopped. ${pushLater(folder)}`);
      return outcome;
    } finally {
      await sharing?.stop();
    }
  } catch (error) {
    log.write(`The run failed: ${describeError(error)}`);
    if (error instanceof Error && error.stack) log.write(error.stack);
    if (error !== control.lost) await tellFailure(folder, error);
    throw error;
  }
}

/** The run is finished, whatever becomes of this: run.json tells how it went. */
async function share(sharing: Sharing, shell: Shell): Promise<void> {
  const { folder, options, control } = shell;
  const given = new AbortController();
  const poll = setInterval(() => (control.lost !== null || options.requested?.()) && given.abort(), 250);
  tell(shell, 'info', 'Uploading to the Hugging Face Hub…');
  let message: string;
  try {
    const { url } = await sharing.finish(given.signal);
    message = `Shared: ${url}`;
    tell(shell, 'info', message);
  } catch (error) {
    message = `The run is finished and saved, but it was not shared. ${describeError(error)} ${pushLater(folder)}`;
    tell(shell, 'warning', message);
  } finally {
    clearInterval(poll);
  }
  if (control.lost === null) await writeRunFile(folder, { ...(await readRunFile(folder)), message });
}

function pushLater(folder: string): string {
  return `To share it later: cloze push "${folder}", or Cloze: Push to Hub.`;
}

function tell({ log, options }: Shell, level: 'info' | 'warning', text: string): void {
  log.write(level === 'warning' ? `warning: ${text}` : text);
  options.onMessage?.(level, text);
}

async function train(args: TrainingArguments, shell: Shell, sharing: Sharing | null): Promise<Outcome> {
  const { folder, options, control, progress, log } = shell;
  const observer: TrainingObserver = {
    async onLog(entry) {
      await appendLog(folder, entry);
      log.write(JSON.stringify(entry));
      options.onLog?.(entry);
    },
    onProgress: (now) => progress.tell(now),
    requested: () => control.requested(),
    onResume: (step) => appendLog(folder, { resumed_from: step }),
    onSaved: async (checkpoint, state) => sharing?.onSaved(checkpoint, state),
    onMessage: (level, text) => tell(shell, level, text),
  };
  try {
    return await runMlm(args, observer);
  } catch (error) {
    const asked = control.requested();
    if (!isCancelled(error) || asked === null) throw error;
    // asked to end before the first step: there is nothing to save yet
    return asked === 'pause' ? 'paused' : 'cancelled';
  }
}

async function argumentsOf(run: RunFile, folder: string, options: ShellOptions): Promise<TrainingArguments> {
  const { args, errors } = resolveArguments(run.args);
  if (!args) throw new ClozeError('bad-argument', errors.map(({ message }) => message).join(' '));
  return {
    ...args,
    output_dir: folder,
    resume_from_checkpoint: options.checkpoint ?? (options.resume ? await lastWholeCheckpoint(folder) : null),
    threads: args.threads ?? Math.max(1, availableParallelism() - 1),
  };
}

/** loop_state.json is what a checkpoint of Cloze gets last; one without is another program's. */
async function lastWholeCheckpoint(folder: string): Promise<string | null> {
  for (const { path } of (await listCheckpoints(folder)).reverse()) {
    const isWhole = await access(join(path, 'loop_state.json')).then(
      () => true,
      () => false,
    );
    if (isWhole) return path;
  }
  return null;
}

async function update(folder: string, change: Partial<RunFile>): Promise<RunFile> {
  const { message: _, ended: __, ...run } = await readRunFile(folder);
  const updated = { ...run, ...change };
  await writeRunFile(folder, updated);
  return updated;
}

/** Where even this cannot be written, readers see that the process is gone. */
async function tellFailure(folder: string, error: unknown): Promise<void> {
  const change = { state: 'failed', message: describeError(error), ended: new Date().toISOString() } as const;
  try {
    await update(folder, change);
  } catch {
    // a full disk: this one is no longer needed, and makes room enough
    await rm(join(folder, PROGRESS_FILE), { force: true }).catch(() => undefined);
    await update(folder, change).catch(() => undefined);
  }
}

function beat(lock: Lock, { control }: Shell): void {
  try {
    lock.beat();
  } catch (error) {
    control.lost = error;
  }
}

/** Training is patient work: whatever the user does comes first. */
function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // not allowed here; training goes on at normal priority
  }
}
