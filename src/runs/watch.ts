// Watches every registered run: cheap looks once a second, a new reading only where a file changed.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSummary } from '../protocol/runs.ts';
import { LOCK_FILE, LOG_HISTORY_FILE, PROGRESS_FILE, RUN_FILE } from './files.ts';
import { clozeHome } from './home.ts';
import { readRun, stateOf } from './read-run.ts';
import { registeredRuns } from './registry.ts';

/** A registered folder whose run cannot be read: gone, or damaged. */
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

export class RunWatcher {
  readonly #home: string;
  readonly #onChange: (list: RunList) => void;
  readonly #seen = new Map<string, { stamp: string; run: RunSummary | BrokenRun }>();
  #timer: NodeJS.Timeout | undefined;
  #last = '';
  #looking: Promise<void> | undefined;

  /** Calls `onChange` at once, and then whenever a run appears, changes or goes. */
  constructor(onChange: (list: RunList) => void, home = clozeHome(), everyMs = 1000) {
    this.#home = home;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.refresh(), everyMs);
    void this.refresh();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks now instead of at the next second. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const registered = await registeredRuns(this.#home);
    const found = await Promise.all(registered.map(({ id, folder }) => this.#read(id, folder)));
    for (const id of this.#seen.keys()) if (!registered.some((run) => run.id === id)) this.#seen.delete(id);
    const list: RunList = {
      runs: found.filter((run) => 'run' in run).sort((a, b) => (a.run.created < b.run.created ? 1 : -1)),
      broken: found.filter((run) => 'problem' in run),
    };
    const signature = JSON.stringify(list);
    if (signature === this.#last || !this.#timer) return;
    this.#last = signature;
    this.#onChange(list);
  }

  async #read(id: string, folder: string): Promise<RunSummary | BrokenRun> {
    const stamp = await stampOf(folder);
    const known = this.#seen.get(id);
    let run: RunSummary | BrokenRun;
    if (known?.stamp === stamp) {
      run = known.run;
      // a process that died changes no file
      if ('run' in run) run = { ...run, state: await stateOf(folder, run.run) };
    } else {
      run = await readRun(folder).catch((error: Error) => ({ id, folder, problem: error.message }));
    }
    this.#seen.set(id, { stamp, run });
    return run;
  }
}

async function stampOf(folder: string): Promise<string> {
  const names = [RUN_FILE, PROGRESS_FILE, LOG_HISTORY_FILE, LOCK_FILE];
  const stamps = names.map(async (name) => {
    const stats = await stat(join(folder, name)).catch(() => null);
    // a heartbeat rewrites the lock: only that it is there counts
    return stats ? (name === LOCK_FILE ? 'lock' : `${stats.mtimeMs}:${stats.size}`) : '-';
  });
  return (await Promise.all(stamps)).join(' ');
}
