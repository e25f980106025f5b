// What Cloze tells of a model: NumPy's statistics, transformers' parameter counts, and problems in plain words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspectModel, type ModelReport } from '../../src/inspect/model-report.ts';
import { exportOnnx } from '../../src/models/export/export-onnx.ts';

interface Expected {
  shape: number[];
  min: number | null;
  max: number | null;
  mean: number | null;
  std: number | null;
  zeros: number;
  nan: number;
  inf: number;
}
const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));
const recorded: {
  dtypes: Record<string, Expected>;
  models: Record<string, { parameters: number; tensors: Record<string, Expected> }>;
} = JSON.parse(await readFile(parity('inspect/statistics.json'), 'utf8'));

function compare({ tensors }: ModelReport, expected: Record<string, Expected>): void {
  assert.deepEqual(tensors.map(({ name }) => name).sort(), Object.keys(expected).sort());
  for (const tensor of tensors) {
    const wanted = expected[tensor.name] ?? assert.fail(tensor.name);
    for (const key of ['shape', 'min', 'max', 'zeros', 'nan', 'inf'] as const) {
      assert.deepEqual(tensor[key], wanted[key], `${key} of ${tensor.name}`);
    }
    for (const key of ['mean', 'std'] as const) {
      const [got, want] = [tensor[key], wanted[key]];
      // float64 sums in another order: rounding is relative to the largest number
      const largest = Math.max(Math.abs(wanted.min ?? 0), Math.abs(wanted.max ?? 0));
      const near =
        got === want ||
        (got !== null && want !== null && Math.abs(got - want) <= 1e-15 * largest + 1e-12 * Math.abs(want));
      assert.ok(near, `${key} of ${tensor.name}: ${got}, NumPy ${want}`);
    }
  }
}

test('every element type, with NaN and infinities: as NumPy', async () => {
  const report = await inspectModel(parity('inspect/dtypes.safetensors'));
  compare(report, recorded.dtypes);
  assert.deepEqual([report.model_type, report.tied], [null, null]);
  assert.ok(report.problems.some((problem) => /^f32 holds 1 NaN and 2 infinite numbers/.test(problem)));
});

for (const [name, { parameters, tensors }] of Object.entries(recorded.models)) {
  test(`${name}: statistics as NumPy, parameters as transformers, fit to predict and train`, async () => {
    const report = await inspectModel(parity(`models/${name}`));
    compare(report, tensors);
    assert.equal(report.parameters, parameters);
    assert.equal(report.model_type, name);
    assert.equal(report.tied, true);
    assert.deepEqual(report.problems, []);
  });
}

test('an exported .onnx holds the same numbers under the same names', async (t) => {
  const folder = await copy(t);
  await exportOnnx(folder, { types: ['fp32'] });
  const { tensors } = await inspectModel(join(folder, 'onnx', 'model.onnx'));
  const bias = tensors.find(({ name }) => name === 'cls.predictions.bias');
  const wanted = recorded.models.bert?.tensors['cls.predictions.bias'];
  assert.deepEqual([bias?.dtype, bias?.min, bias?.max], ['F32', wanted?.min, wanted?.max]);
});

test('what does not fit is told in plain words', async (t) => {
  const problems = async (change: (config: Record<string, unknown>) => object) => {
    const folder = await copy(t);
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
    return (await inspectModel(folder)).problems.join('\n');
  };
  assert.match(await problems((config) => ({ ...config, num_hidden_layers: 5 })), /Missing: bert\.encoder\.layer/);
  assert.match(
    await problems((config) => ({ ...config, vocab_size: 700 })),
    /\[800,48\]; config\.json makes it \[700,48\]/,
  );
  assert.match(
    await problems((config) => ({ ...config, vocab_size: 700 })),
    /tokenizer has 800 tokens, the embeddings 700/,
  );
  assert.match(
    await problems((config) => ({ ...config, model_type: 't5' })),
    /neither predict nor train here: .*"t5".*Cloze knows bert/,
  );
  assert.match(
    await problems((config) => ({ ...config, pad_token_id: 7 })),
    /padding token is 0 in the tokenizer, 7 in config/,
  );
  assert.match(await problems((config) => ({ ...config, max_position_embeddings: 40 })), /positions 40/);
  const bare = await copy(t);
  for (const name of ['config.json', 'tokenizer.json']) await rm(join(bare, name));
  assert.match((await inspectModel(bare)).problems.join(), /no config\.json/);
});

test('what is no model is refused', async (t) => {
  const folder = await copy(t);
  await assert.rejects(inspectModel(join(folder, 'nothing')), /There is no /);
  const pipe = join(folder, 'pipe.safetensors');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(inspectModel(pipe), /is no file/);
  await assert.rejects(inspectModel(join(folder, 'tokenizer.json')), /no model file that Cloze knows/);
  await rm(join(folder, 'model.safetensors'));
  await assert.rejects(inspectModel(folder), /holds no model\.safetensors/);
  const aborted = AbortSignal.abort();
  await assert.rejects(inspectModel(parity('models/bert'), { signal: aborted }), /cancel/i);
});

async function copy(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-inspect-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(parity('models/bert'), folder, { recursive: true });
  return folder;
}
