// Starts and steers trainer processes: detached, without a pipe to whoever started them.
import { spawn } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { ClozeError } from '../base/errors.ts';
import type { ControlFile, RunFile } from '../protocol/runs.ts';
import { createRun, type NewRun, reopenRun } from './create-run.ts';
import { CONTROL_FILE, readLock, readRunFile, TRAIN_LOG_FILE, writeRunFile } from './files.ts';
import { ownerIsAlive } from './lock.ts';

/** Makes the run folder and starts its trainer. `trainer`: path of dist/trainer.mjs. */
export async function startRun(newRun: NewRun, trainer: string): Promise<RunFile> {
  const run = await createRun(newRun);
  await spawnTrainer(folderOf(run), trainer, false);
  return run;
}

/** Goes on with a paused, stopped, failed or crashed run from its last checkpoint. */
export async function resumeRun(folder: string, trainer: string): Promise<void> {
  const owner = await readLock(folder);
  if (owner && (await ownerIsAlive(owner))) {
    throw new ClozeError('busy', `The run in ${folder} is going on already.`, 'Pause it first.');
  }
  await reopenRun(folder);
  await spawnTrainer(folder, trainer, true);
}

/** Asks the run's process to pause, stop and save, or cancel; it obeys between steps. */
export async function requestRun(folder: string, request: ControlFile['request']): Promise<void> {
  const owner = await readLock(folder);
  const run = await readRunFile(folder);
  const lives = owner !== null && (await ownerIsAlive(owner));
  if (!lives && run.state !== 'starting') {
    throw new ClozeError('bad-argument', `The run in ${folder} is not going on (${run.state}).`, 'Resume it first.');
  }
  const control: ControlFile = { request, at: new Date().toISOString() };
  await writeFileAtomic(join(folder, CONTROL_FILE), `${JSON.stringify(control)}\n`);
}

async function spawnTrainer(folder: string, trainer: string, resume: boolean): Promise<void> {
  await rm(join(folder, CONTROL_FILE), { force: true });
  const log = await open(join(folder, TRAIN_LOG_FILE), 'a');
  try {
    const child = spawn(process.execPath, [trainer, folder, ...(resume ? ['--resume'] : [])], {
      detached: true,
      windowsHide: true,
      cwd: folder,
      stdio: ['ignore', log.fd, log.fd],
      env: trainerEnvironment(process.env),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
  } catch (error) {
    const run = await readRunFile(folder);
    const message = `The trainer could not be started: ${error instanceof Error ? error.message : error}`;
    await writeRunFile(folder, { ...run, state: 'failed', message, ended: new Date().toISOString() });
    throw new ClozeError('internal', message, 'Reload the window and try again.', { cause: error });
  } finally {
    await log.close();
  }
}

function folderOf(run: RunFile): string {
  return String(run.args.output_dir);
}

/** Nothing of VS Code's own, no injected options; Electron as plain Node. */
function trainerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('VSCODE_') && name !== 'NODE_OPTIONS');
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}
