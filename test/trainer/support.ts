// Runs in their own processes: the real trainer, a tiny real model, the texts of Python's recorded training.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import esbuild from 'esbuild';
import { packageRoot } from '../../src/base/package-root.ts';
import { resolveArguments, type TrainingArguments } from '../../src/protocol/resolve-arguments.ts';
import type { LogEntry, RunSummary } from '../../src/protocol/runs.ts';
import { readLock } from '../../src/runs/files.ts';
import { readRun } from '../../src/runs/read-run.ts';

const root = packageRoot();

export interface Recorded {
  readonly args: Readonly<Record<string, string | number | boolean>>;
  readonly train_texts: readonly string[];
  readonly eval_texts: readonly string[];
  readonly max_length: number;
  readonly log_history: readonly LogEntry[];
}

export interface Bench {
  /** dist/trainer.mjs as it is built for the package, in a folder of its own. */
  readonly trainer: string;
  readonly folder: string;
  readonly recorded: Recorded;
  argumentsFor(name: string, more?: Readonly<Record<string, unknown>>): TrainingArguments;
  dispose(): Promise<void>;
}

/** Builds the trainer, writes the data, and gives the tests a $CLOZE_HOME of their own. */
export async function setUpBench(): Promise<Bench> {
  // within the project, so that its native packages are found
  const built = await mkdtemp(join(root, 'node_modules/.trainer-test-'));
  const trainer = join(built, 'trainer.mjs');
  await esbuild.build({
    entryPoints: [join(root, 'src/trainer/main.ts')],
    outfile: trainer,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const folder = await mkdtemp(join(tmpdir(), 'cloze-runs-'));
  process.env.CLOZE_HOME = join(folder, 'home');
  const recorded: Recorded = JSON.parse(await readFile(join(root, 'test/parity/training/bert.linear.json'), 'utf8'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data/train.txt'), recorded.train_texts.join('\n'));
  await writeFile(join(folder, 'data/validation.txt'), recorded.eval_texts.join('\n'));
  return {
    trainer,
    folder,
    recorded,
    argumentsFor(name, more = {}) {
      const { args, errors } = resolveArguments({
        model_name_or_path: join(root, 'test/parity/models/bert'),
        train_file: [join(folder, 'data/train.txt')],
        validation_file: [join(folder, 'data/validation.txt')],
        line_by_line: true,
        max_seq_length: recorded.max_length,
        output_dir: join(folder, 'runs', name),
        threads: 1,
        ...more,
      });
      if (!args) throw new Error(JSON.stringify(errors));
      return args;
    },
    async dispose() {
      await rm(built, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Looks until `isSo` holds. The runner's own time limit ends a wait without end. */
export async function until<T>(look: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (isSo(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until the run's process has ended and released its lock. */
export async function ended(folder: string): Promise<RunSummary> {
  await until(
    () => readRun(folder),
    ({ state }) => state !== 'starting' && state !== 'running',
  );
  await until(
    () => readLock(folder),
    (lock) => lock === null || !isRunning(lock.pid),
  );
  return readRun(folder);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What may differ between two runs of the same training: how long it took. */
export function withoutTimes(history: readonly LogEntry[]): LogEntry[] {
  return history.map(
    (entry) =>
      Object.fromEntries(
        Object.entries(entry).filter(([key]) => !/_(runtime|per_second)$/.test(key)),
      ) as unknown as LogEntry,
  );
}
