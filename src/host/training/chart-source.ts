// What a chart is drawn from, replayed and tailed: a run folder, or a trainer_state.json that somebody wrote.
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClozeError, systemCode } from '../../base/errors.ts';
import type { ChartRun, ChartSource } from '../../protocol/chart-page.ts';
import type { ChartEntry } from '../../protocol/loss-series.ts';
import { firstEntryText } from '../../protocol/run-text.ts';
import { readTrainerState, toEntry } from '../../protocol/trainer-state.ts';
import { RUN_FILE, readProgress, readRunFile } from '../../runs/files.ts';
import { LogTail } from '../../runs/log-history.ts';
import { stateOf } from '../../runs/read-run.ts';

export const TRAINER_STATE_FILE = 'trainer_state.json';

/** More than any log history; a file above it is something else. Bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** From index `from` on, the history is now `entries`. */
export interface HistoryChange {
  readonly from: number;
  readonly entries: readonly ChartEntry[];
}

export interface ChartReader {
  readonly title: string;
  /** Looks once: what changed in the history since the last look, and how the run stands. */
  look(): Promise<{ readonly change: HistoryChange | null; readonly run: ChartRun | null }>;
}

/** Which kind of source lies at `path`: a run folder, a folder with a trainer_state.json, or such a file. */
export async function findSource(path: string): Promise<ChartSource> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    const folder = dirname(path);
    const ofRun = basename(path) === 'log_history.jsonl' && (await exists(join(folder, RUN_FILE)));
    return ofRun ? { kind: 'run', path: folder } : { kind: 'file', path };
  }
  if (await exists(join(path, RUN_FILE))) return { kind: 'run', path };
  if (await exists(join(path, TRAINER_STATE_FILE))) return { kind: 'file', path: join(path, TRAINER_STATE_FILE) };
  throw new ClozeError(
    'not-found',
    `${path} holds neither a run of Cloze nor a ${TRAINER_STATE_FILE}.`,
    'Choose a run folder, a checkpoint folder, or the file itself.',
  );
}

export function openSource(source: ChartSource): ChartReader {
  return source.kind === 'run' ? new RunReader(source.path) : new FileReader(source.path);
}

class RunReader implements ChartReader {
  readonly #folder: string;
  readonly #tail: LogTail;

  constructor(folder: string) {
    this.#folder = folder;
    this.#tail = new LogTail(folder);
  }

  get title(): string {
    return basename(this.#folder);
  }

  async look() {
    const file = await readRunFile(this.#folder);
    const [progress, state, delta] = await Promise.all([
      readProgress(this.#folder),
      stateOf(this.#folder, file),
      this.#tail.read(),
    ]);
    return {
      change: delta && { from: delta.kept, entries: delta.added.map(toEntry) },
      run: { state, message: file.message ?? null, progress, firstEntry: firstEntryText(file.args, progress) },
    };
  }
}

class FileReader implements ChartReader {
  readonly #path: string;
  #stamp = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** The folder too: every run's file has the same name. */
  get title(): string {
    return join(basename(dirname(this.#path)), basename(this.#path));
  }

  async look() {
    try {
      const { mtimeMs, size } = await stat(this.#path);
      const stamp = `${mtimeMs} ${size}`;
      if (stamp === this.#stamp) return { change: null, run: null };
      if (size > LARGEST_FILE) {
        throw new ClozeError('bad-input', `${this.#path} is too large for a log history (${size} bytes).`);
      }
      const entries = readTrainerState(await readFile(this.#path, 'utf8'), this.#path);
      this.#stamp = stamp;
      return { change: { from: 0, entries }, run: null };
    } catch (error) {
      if (error instanceof ClozeError) throw error;
      const gone = systemCode(error) === 'ENOENT';
      throw new ClozeError(
        gone ? 'not-found' : 'bad-input',
        gone ? `${this.#path} is not there any more.` : `Could not read ${this.#path} (${systemCode(error) ?? error}).`,
        'Choose another file.',
      );
    }
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
