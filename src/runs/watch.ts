// Watches every registered run: cheap looks once a second, a new reading only where a file changed.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../base/errors.ts';
import type { RunSummary } from '../protocol/runs.ts';
import { LOCK_FILE, LOG_HISTORY_FILE, PROGRESS_FILE, RUN_FILE } from './files.ts';
import { clozeHome } from './home.ts';
import { LogTail } from './log-history.ts';
import { stateOf, summarize } from './read-run.ts';
import { type RegisteredRun, registeredRuns, registryFolder } from './registry.ts';

/** A registered folder whose run cannot be read: damaged, or not a run any more. */
export interface BrokenRun {
  readonly id: string;
  readonly folder: string;
  readonly problem: string;
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  readonly broken: readonly BrokenRun[];
}

/** Runs that have ended, and the list itself where its folder shows no change, are looked at this much less often. */
const SELDOM = 10;

interface Seen extends RegisteredRun {
  readonly tail: LogTail;
  stamp: string;
  run: RunSummary | BrokenRun;
  /** `run` as text, to tell whether it changed. */
  text: string;
}

export class RunWatcher {
  readonly #home: string;
  readonly #onChange: (list: RunList) => void;
  #seen: readonly Seen[] = [];
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #registryStamp = '';
  #hasTold = false;
  #looking: Promise<void> | undefined;

  /** Calls `onChange` at once, and then whenever a run appears, changes or goes. */
  constructor(onChange: (list: RunList) => void, home = clozeHome(), everyMs = 1000) {
    this.#home = home;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.#turn(false), everyMs);
    void this.refresh();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks at every run now instead of at the next second. */
  async refresh(): Promise<void> {
    // a look that is under way may have passed by what the caller knows of
    await this.#looking;
    await this.#turn(true);
  }

  #turn(all: boolean): Promise<void> {
    this.#looking ??= this.#look(all).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(asked: boolean): Promise<void> {
    const registry = await stampOf(registryFolder(this.#home));
    const all = asked || registry !== this.#registryStamp || ++this.#count % SELDOM === 0;
    this.#registryStamp = registry;
    const before = this.#seen.map(({ id }) => id).join();
    if (all) await this.#list();
    const changes = await Promise.all(this.#seen.filter((seen) => all || isGoingOn(seen.run)).map(lookAt));
    const isSame = !changes.includes(true) && this.#seen.map(({ id }) => id).join() === before;
    if ((isSame && this.#hasTold) || !this.#timer) return;
    this.#hasTold = true;
    const found = this.#seen.map(({ run }) => run);
    const list: RunList = {
      runs: found.filter((run) => 'run' in run).sort((a, b) => (a.run.created < b.run.created ? 1 : -1)),
      broken: found.filter((run) => 'problem' in run),
    };
    this.#onChange(list);
  }

  async #list(): Promise<void> {
    const known = new Map(this.#seen.map((seen) => [seen.id, seen]));
    this.#seen = (await registeredRuns(this.#home)).map(({ id, folder }) => {
      const seen = known.get(id);
      if (seen?.folder === folder) return seen;
      return { id, folder, tail: new LogTail(folder), stamp: '', run: { id, folder, problem: '' }, text: '' };
    });
  }
}

/** Whether there is something new. */
async function lookAt(seen: Seen): Promise<boolean> {
  const { id, folder, tail } = seen;
  const stamp = await stampsOf(folder);
  if (stamp === seen.stamp && !(await hasDied(seen))) return false;
  try {
    if (stamp !== seen.stamp) await tail.read();
    seen.run = await summarize(folder, tail.entries);
  } catch (error) {
    seen.run = { id, folder, problem: describeError(error) };
  }
  seen.stamp = stamp;
  const text = JSON.stringify(seen.run);
  const isNew = text !== seen.text;
  seen.text = text;
  return isNew;
}

/** A process that died changes no file. */
async function hasDied({ folder, run }: Seen): Promise<boolean> {
  return isGoingOn(run) && (await stateOf(folder, run.run)) === 'crashed';
}

function isGoingOn(run: RunSummary | BrokenRun): run is RunSummary {
  return 'run' in run && (run.state === 'starting' || run.state === 'running');
}

async function stampsOf(folder: string): Promise<string> {
  const stamps = [RUN_FILE, PROGRESS_FILE, LOG_HISTORY_FILE].map((name) => stampOf(join(folder, name)));
  // a heartbeat rewrites the lock: only that it is there counts
  const lock = (await stampOf(join(folder, LOCK_FILE))) !== '';
  return [...(await Promise.all(stamps)), lock].join(' ');
}

async function stampOf(path: string): Promise<string> {
  return stat(path).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs}:${size}:${ino}`,
    () => '',
  );
}
