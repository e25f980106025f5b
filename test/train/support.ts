// A tiny real model and real rows for tests of the trainer.
import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { resolveArguments, type TrainingArguments } from '../../src/protocol/resolve-arguments.ts';
import type { LogEntry } from '../../src/protocol/runs.ts';
import type { Outcome, Request, TrainingObserver } from '../../src/train/observer.ts';
import { runMlm } from '../../src/train/run-mlm.ts';

/** Not the cache of whoever runs the tests. */
process.env.CLOZE_CACHE = mkdtempSync(join(tmpdir(), 'cloze-train-cache-'));
process.on('exit', () => rmSync(process.env.CLOZE_CACHE as string, { recursive: true, force: true }));

const TINY = fileURLToPath(new URL('../parity/models/bert', import.meta.url));

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-train-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of the tiny BERT with dropout as told. */
export async function tinyModel(folder: string, dropout: number): Promise<string> {
  const model = join(folder, 'model');
  await cp(TINY, model, { recursive: true });
  const path = join(model, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(
    path,
    JSON.stringify({ ...config, hidden_dropout_prob: dropout, attention_probs_dropout_prob: dropout }),
  );
  return model;
}

/** Sentences of different lengths, one a line. */
export async function sentences(folder: string, count: number): Promise<string> {
  const words = 'the table column of an index is stored in a file when the query returns rows and a value'.split(' ');
  const lines = Array.from({ length: count }, (_, i) =>
    Array.from({ length: 4 + ((i * 7) % 19) }, (_, k) => words[(i * 5 + k * 3) % words.length]).join(' '),
  );
  const path = join(folder, `text-${count}.txt`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

export function argumentsOf(values: Record<string, unknown>): TrainingArguments {
  const { args, errors } = resolveArguments({ line_by_line: true, max_seq_length: 24, threads: 1, ...values });
  if (!args) throw new Error(JSON.stringify(errors));
  return args;
}

export interface Recording {
  readonly outcome: Outcome;
  readonly log: readonly LogEntry[];
  readonly messages: readonly string[];
  readonly resumedFrom: number | null;
}

/** Trains, and asks to end once `end` says so; `log` holds what was logged by this process alone. */
export async function record(
  args: TrainingArguments,
  end: (step: number, log: readonly LogEntry[]) => Request | null = () => null,
): Promise<Recording> {
  const log: LogEntry[] = [];
  const messages: string[] = [];
  let step = 0;
  let resumedFrom: number | null = null;
  const observer: TrainingObserver = {
    onLog: async (entry) => {
      log.push(entry);
    },
    onProgress: (progress) => {
      step = progress.step;
    },
    requested: () => end(step, log),
    onResume: async (from) => {
      resumedFrom = from;
    },
    onMessage: (_level, text) => {
      messages.push(text);
    },
  };
  const outcome = await runMlm(args, observer);
  return { outcome, log, messages, resumedFrom };
}

/** Without what the clock says. */
export function timeless(log: readonly LogEntry[]): Record<string, number>[] {
  return log.map((entry) =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !/runtime|per_second/.test(key))),
  );
}
