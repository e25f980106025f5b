// Who owns a run: one process at a time, told from a dead one by pid, start time and heartbeat.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { link, mkdir, open, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { explainWriteError, writeFileAtomic } from '../base/atomic.ts';
import { ClozeError, systemCode } from '../base/errors.ts';
import type { LockFile } from '../protocol/runs.ts';
import { LOCK_FILE, parseLock, readLock } from './files.ts';
import { pidRuns, processStart } from './process-identity.ts';

export const HEARTBEAT_MS = 2000;
/** Where a look at a process is dear, a heartbeat this young needs none. */
const FRESH_MS = 3 * HEARTBEAT_MS;
/** On another machine the heartbeat is all there is to go by. */
const REMOTE_MS = 60_000;
/** Taking over a dead owner's lock takes far less; whoever holds the gate longer has died there. */
const GATE_MS = 10_000;
/** How long a starting process waits for whoever started it to hand over the lock. */
const HANDOVER_MS = 15_000;

export interface Lock {
  /** Says that the owner lives. Throws ClozeError 'busy' when somebody else has the run by now. */
  beat(): void;
  /** Makes the process `pid` the owner. */
  handOver(pid: number): Promise<void>;
  release(): Promise<void>;
}

type Identity = Omit<LockFile, 'heartbeat'>;

/** Whether the process that wrote `lock` still runs. */
export async function ownerIsAlive(lock: LockFile): Promise<boolean> {
  const age = Date.now() - Date.parse(lock.heartbeat);
  if (lock.host !== hostname()) return age < REMOTE_MS;
  if (!(await pidRuns(lock.pid))) return false;
  if (process.platform !== 'linux' && age < FRESH_MS) return true;
  const start = await processStart(lock.pid);
  return lock.processStart === null || start === null ? age < REMOTE_MS : start === lock.processStart;
}

/** Takes the run for this process. Throws ClozeError 'busy' when a living process has it, be it this one. */
export async function acquireLock(folder: string): Promise<Lock> {
  const me = await identityOf(process.pid);
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw explainWriteError(folder, error);
  });
  if (!(await createExclusive(join(folder, LOCK_FILE), content(me)))) await takeOver(folder, me);
  return new FolderLock(folder, me);
}

/** The lock that was made or handed over for this process, else {@link acquireLock}. */
export async function adoptLock(folder: string): Promise<Lock> {
  const me = await identityOf(process.pid);
  const until = Date.now() + HANDOVER_MS;
  for (;;) {
    const owner = await readLock(folder);
    if (owner && isSame(owner, me)) return new FolderLock(folder, me);
    const isParents = owner?.pid === process.ppid && owner.host === me.host;
    if (!isParents || Date.now() > until) return acquireLock(folder);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

class FolderLock implements Lock {
  readonly #folder: string;
  readonly #path: string;
  readonly #me: Identity;

  constructor(folder: string, me: Identity) {
    this.#folder = folder;
    this.#path = join(folder, LOCK_FILE);
    this.#me = me;
  }

  /** At once, not in turns of the event loop: a training step may block that for seconds. */
  beat(): void {
    const owner = this.#owner();
    if (owner && !isSame(owner, this.#me)) throw busy(this.#folder, owner);
    const temporary = `${this.#path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, content(this.#me));
      renameSync(temporary, this.#path);
    } catch {
      // a full disk, a reader on Windows: the next beat is near, and the process itself can be seen
    }
  }

  async handOver(pid: number): Promise<void> {
    await writeFileAtomic(this.#path, content(await identityOf(pid)));
  }

  async release(): Promise<void> {
    const owner = this.#owner();
    if (owner && isSame(owner, this.#me)) await rm(this.#path, { force: true });
  }

  #owner(): LockFile | null {
    try {
      return parseLock(readFileSync(this.#path, 'utf8'));
    } catch {
      return null;
    }
  }
}

/** Replaces a dead owner's lock. Only one of several that try at once gets in. */
async function takeOver(folder: string, me: Identity): Promise<void> {
  const path = join(folder, LOCK_FILE);
  const gate = `${path}.takeover`;
  if (!(await createExclusive(gate, content(me)))) {
    const age = await ageOf(gate);
    if (age !== null && age < GATE_MS) throw busy(folder, null);
    await rm(gate, { force: true });
    return takeOver(folder, me);
  }
  try {
    const owner = await readLock(folder);
    if (owner && (await ownerIsAlive(owner))) throw busy(folder, owner);
    await rm(path, { force: true });
    if (!(await createExclusive(path, content(me)))) throw busy(folder, null);
  } finally {
    await rm(gate, { force: true });
  }
}

/** A new file that nobody ever sees without its content; false when there is one already. */
async function createExclusive(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await link(temporary, path).catch(async (error) => {
      if (systemCode(error) === 'EEXIST') throw error;
      // a file system without hard links
      const file = await open(path, 'wx');
      await file.writeFile(text);
      await file.close();
    });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw explainWriteError(path, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function ageOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => null,
  );
}

async function identityOf(pid: number): Promise<Identity> {
  return { pid, processStart: await processStart(pid), host: hostname() };
}

function isSame(lock: LockFile, me: Identity): boolean {
  return lock.pid === me.pid && lock.processStart === me.processStart;
}

function content(owner: Identity): string {
  return `${JSON.stringify({ ...owner, heartbeat: new Date().toISOString() } satisfies LockFile)}\n`;
}

function busy(folder: string, owner: LockFile | null): ClozeError {
  const who = owner ? ` by process ${owner.pid} on ${owner.host}` : '';
  return new ClozeError(
    'busy',
    `The run in ${folder} is going on${who}.`,
    'Pause or stop that run first, or choose another folder.',
  );
}
