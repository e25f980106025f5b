// Whole trainings recorded from Hugging Face's Trainer: batches, masks, losses, gradient norms, learning rates.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MaskedBatch } from '../../src/collate/data-collator.ts';
import { tokenizeRows } from '../../src/data/tokenize-rows.ts';
import { loadMaskedLM } from '../../src/models/load.ts';
import { resolveArguments } from '../../src/protocol/resolve-arguments.ts';
import type { LogEntry } from '../../src/protocol/runs.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { collateRows } from '../../src/train/collate-rows.ts';
import { type CollateWith, Trainer } from '../../src/train/trainer.ts';

interface Recorded {
  args: Record<string, string | number | boolean>;
  train_texts: string[];
  eval_texts: string[];
  max_length: number;
  log_history: LogEntry[];
  batches: { input_ids: number[][]; labels: number[][] }[];
  final_param_norm_and_sum: Record<string, [number, number]>;
}

const folderOf = (model: string) => fileURLToPath(new URL(`./models/${model}`, import.meta.url));

const read = async (name: string) => JSON.parse(await readFile(new URL(`./training/${name}`, import.meta.url), 'utf8'));

for (const name of ['bert', 'distilbert', 'roberta', 'albert', 'electra', 'modernbert'])
  for (const recipe of ['linear', 'cosine_warmup']) {
    test(`${name}, ${recipe}: every step as in Python`, async (t) => {
      const recorded: Recorded = await read(`${name}.${recipe}.json`);
      const { trainer, model, drawn } = await train(t, folderOf(name), recorded, recorded.args);
      assert.deepEqual(
        drawn.map((batch) => ({
          input_ids: matrix(batch.inputIds, batch.width),
          labels: matrix(batch.labels, batch.width),
        })),
        recorded.batches.map(({ input_ids, labels }) => ({ input_ids, labels })),
      );
      compareLogs(trainer.state.log_history, recorded.log_history);
      for (const parameter of model.parameters) {
        const [norm] = recorded.final_param_norm_and_sum[parameter.name] ?? assert.fail(parameter.name);
        near(Math.hypot(...parameter.data), norm, 1e-4, parameter.name);
      }
    });
  }

interface More {
  runs: { name: string; args: Record<string, string | number | boolean>; log_history: LogEntry[] }[];
}

for (const run of ((await read('bert.more.json')) as More).runs) {
  test(`bert, ${run.name}: the log history as in Python`, async (t) => {
    const { trainer } = await train(t, folderOf('bert'), await read('bert.linear.json'), run.args);
    compareLogs(trainer.state.log_history, run.log_history);
  });
}

interface Frozen {
  runs: { freeze: string; log_history: LogEntry[]; final_param_norms: Record<string, number>; frozen: string[] }[];
}

for (const run of ((await read('bert.frozen.json')) as Frozen).runs) {
  test(`bert with ${run.freeze} frozen: as in Python with requires_grad off`, async (t) => {
    const recorded: Recorded = await read('bert.linear.json');
    const { trainer, model } = await train(t, folderOf('bert'), recorded, recorded.args, new RegExp(run.freeze));
    compareLogs(trainer.state.log_history, run.log_history);
    const frozen = model.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name);
    assert.deepEqual(frozen.toSorted(), run.frozen.toSorted());
    const before = await loadMaskedLM(folderOf('bert'), { train: false });
    t.after(() => before.release());
    for (const [i, { name, data, trainable }] of model.parameters.entries()) {
      near(Math.hypot(...data), run.final_param_norms[name] ?? assert.fail(name), 1e-4, name);
      if (!trainable) assert.deepEqual(data, before.parameters[i]?.data);
    }
  });
}

async function train(
  t: TestContext,
  modelFolder: string,
  texts: Recorded,
  given: Record<string, unknown>,
  frozen?: RegExp,
) {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-parity-'));
  t.after(() => rm(folder, { recursive: true }));
  const { args, errors } = resolveArguments({
    ...given,
    model_name_or_path: modelFolder,
    train_file: 'given as texts',
    output_dir: folder,
  });
  assert.ok(args, JSON.stringify(errors));
  const tokenizer = await loadTokenizer(modelFolder);
  const model = await loadMaskedLM(modelFolder, {
    train: true,
    threads: 1,
    frozen: frozen && ((name) => frozen.test(name)),
  });
  t.after(() => model.release());
  const rows = (lines: string[]) =>
    tokenizeRows(one(lines), tokenizer, { lineByLine: true, maxSeqLength: texts.max_length });
  const drawn: MaskedBatch[] = [];
  const real = collateRows(args, tokenizer, texts.max_length);
  const recording: CollateWith = (generator) => {
    const collate = real(generator);
    return (batch) => {
      const masked = collate(batch);
      drawn.push(masked);
      return masked;
    };
  };
  const trainer = new Trainer({
    args,
    folder,
    model,
    tokenizerFiles: new Map(),
    trainRows: await rows(texts.train_texts),
    evalRows: await rows(texts.eval_texts),
    collateWith: recording,
    observer: {
      onLog: async () => {},
      onProgress: () => {},
      onResume: async () => {},
      onMessage: (_level, text) => assert.fail(text),
      requested: () => null,
    },
  });
  assert.equal(await trainer.train(), 'finished');
  return { trainer, model, drawn };
}

function compareLogs(actual: readonly LogEntry[], expected: readonly LogEntry[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, entry] of expected.entries()) {
    for (const [key, value] of Object.entries(entry)) {
      const got = actual[i]?.[key];
      assert.ok(got !== undefined, `entry ${i} has no ${key}`);
      near(got, value, key === 'grad_norm' ? 1e-3 : 1e-4, `entry ${i}, ${key}`);
    }
  }
}

function near(actual: number, expected: number, relative: number, what: string): void {
  const bound = relative * Math.max(Math.abs(expected), 1e-9);
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, recorded ${expected}`);
}

function matrix(values: Int32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}

async function* one(texts: string[]): AsyncGenerator<string[]> {
  yield texts;
}
