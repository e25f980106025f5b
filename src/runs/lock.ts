// Who owns a run: one process at a time, told from a dead one by pid, start time and heartbeat.
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { explainWriteError, writeFileAtomic } from '../base/atomic.ts';
import { ClozeError, systemCode } from '../base/errors.ts';
import type { LockFile } from '../protocol/runs.ts';
import { LOCK_FILE, readLock } from './files.ts';
import { pidExists, processStart } from './process-identity.ts';

export const HEARTBEAT_MS = 2000;
/** On this machine a heartbeat this young needs no look at the process. */
const FRESH_MS = 3 * HEARTBEAT_MS;
/** On another machine the heartbeat is all there is to go by. */
const REMOTE_MS = 60_000;
const TAKEOVER_MS = 10_000;

export interface Lock {
  beat(): Promise<void>;
  release(): Promise<void>;
}

/** Whether the process that wrote `lock` still runs. */
export async function ownerIsAlive(lock: LockFile): Promise<boolean> {
  const age = Date.now() - Date.parse(lock.heartbeat);
  if (lock.host !== hostname()) return age < REMOTE_MS;
  if (!pidExists(lock.pid)) return false;
  if (age < FRESH_MS) return true;
  const start = await processStart(lock.pid);
  return lock.processStart === null || start === null ? age < REMOTE_MS : start === lock.processStart;
}

/** Takes the run for this process. Throws ClozeError 'busy' when a living process has it. */
export async function acquireLock(folder: string): Promise<Lock> {
  const path = join(folder, LOCK_FILE);
  const identity = { pid: process.pid, processStart: await processStart(process.pid), host: hostname() };
  const content = () => JSON.stringify({ ...identity, heartbeat: new Date().toISOString() } satisfies LockFile);
  if (!(await createExclusive(path, content()))) await takeOver(folder, path, content);
  return {
    beat: () => writeFileAtomic(path, content()),
    release: () => rm(path, { force: true }),
  };
}

/** Replaces a dead owner's lock. Only one of several that try at once gets in. */
async function takeOver(folder: string, path: string, content: () => string): Promise<void> {
  const gate = `${path}.takeover`;
  if (!(await createExclusive(gate, content()))) {
    const age = await stat(gate).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age < TAKEOVER_MS) throw busy(folder, null);
    await rm(gate, { force: true });
    return takeOver(folder, path, content);
  }
  try {
    const owner = await readLock(folder);
    if (owner && (await ownerIsAlive(owner))) throw busy(folder, owner);
    await rm(path, { force: true });
    if (!(await createExclusive(path, content()))) throw busy(folder, null);
  } finally {
    await rm(gate, { force: true });
  }
}

async function createExclusive(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.close();
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw explainWriteError(path, error);
  }
  await writeFile(path, content);
  return true;
}

function busy(folder: string, owner: LockFile | null): ClozeError {
  const who = owner ? ` by process ${owner.pid} on ${owner.host}` : '';
  return new ClozeError(
    'busy',
    `${folder} is in use${who}.`,
    'Pause or stop that run first, or choose another folder.',
  );
}
