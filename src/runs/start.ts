// Starts and steers trainer processes: detached, without a pipe to whoever started them.
import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { ClozeError, describeError } from '../base/errors.ts';
import type { ControlFile, RunFile } from '../protocol/runs.ts';
import { createLockedRun, type NewRun, reopenLockedRun } from './create-run.ts';
import { CONTROL_FILE, readRunFile, TRAIN_LOG_FILE, writeRunFile } from './files.ts';
import { acquireLock, type Lock } from './lock.ts';
import { stateOf } from './read-run.ts';

/**
 * Makes the run folder and starts its trainer. `trainer`: path of dist/trainer.mjs; `token`: the Hugging Face token of a
 * run that is shared, which the trainer gets in its environment.
 */
export async function startRun(newRun: NewRun, trainer: string, token?: string): Promise<RunFile> {
  const { run, lock } = await createLockedRun(newRun);
  await spawnTrainer(String(run.args.output_dir), lock, trainer, false, token);
  return run;
}

/** Goes on with a paused, stopped, cancelled, failed or crashed run from its last checkpoint. */
export async function resumeRun(folder: string, trainer: string, token?: string): Promise<void> {
  const { state } = await readRunFile(folder);
  if (state === 'finished') {
    throw new ClozeError(
      'bad-argument',
      `The run in ${folder} is finished.`,
      'To train its model further, start a new run with that folder as model_name_or_path.',
    );
  }
  const { lock } = await reopenLockedRun(folder);
  await spawnTrainer(folder, lock, trainer, true, token);
}

/** Asks the run's process to pause, stop and save, or cancel; it obeys between steps. */
export async function requestRun(folder: string, request: ControlFile['request']): Promise<void> {
  const state = await stateOf(folder, await readRunFile(folder));
  if (state === 'starting' || state === 'running') {
    const control: ControlFile = { request, at: new Date().toISOString() };
    await writeFileAtomic(join(folder, CONTROL_FILE), `${JSON.stringify(control)}\n`);
  } else if (request === 'cancel' && (state === 'paused' || state === 'crashed')) {
    await cancelSleeping(folder);
  } else {
    const wayOut = state === 'finished' || state === 'cancelled' ? undefined : 'Resume it first.';
    throw new ClozeError('bad-argument', `The run in ${folder} is not going on: it is ${state}.`, wayOut);
  }
}

/** Nobody runs it: it only has to be said that nobody will. */
async function cancelSleeping(folder: string): Promise<void> {
  const lock = await acquireLock(folder);
  try {
    const run = await readRunFile(folder);
    await writeRunFile(folder, { ...run, state: 'cancelled', ended: new Date().toISOString() });
  } finally {
    await lock.release();
  }
}

async function spawnTrainer(
  folder: string,
  lock: Lock,
  trainer: string,
  resume: boolean,
  token: string | undefined,
): Promise<void> {
  let child: ChildProcess | undefined;
  try {
    const log = await open(join(folder, TRAIN_LOG_FILE), 'a');
    try {
      const started = spawn(process.execPath, [trainer, folder, ...(resume ? ['--resume'] : [])], {
        detached: true,
        windowsHide: true,
        cwd: folder,
        stdio: ['ignore', log.fd, log.fd],
        env: { ...trainerEnvironment(process.env), ...(token ? { HF_TOKEN: token } : {}) },
      });
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve);
        started.once('error', reject);
      });
      child = started;
      child.unref();
      await lock.handOver(child.pid as number); // a spawned process has a pid
    } finally {
      await log.close();
    }
  } catch (error) {
    child?.kill('SIGKILL');
    const message = `The trainer could not be started: ${describeError(error)}`;
    const run = await readRunFile(folder);
    await writeRunFile(folder, { ...run, state: 'failed', message, ended: new Date().toISOString() });
    await lock.release();
    throw new ClozeError('internal', message, 'Reload the window and try again.', { cause: error });
  }
}

/** Nothing of VS Code's own, no injected options; Electron as plain Node. */
function trainerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(VSCODE_.*|NODE_OPTIONS)$/i.test(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
