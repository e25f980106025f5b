// Exported models: what other programs read of them, against Python's recorded numbers.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { env, pipeline } from '@huggingface/transformers';
import { exportOnnx } from '../../src/models/export/export-onnx.ts';
import { loadMaskedLM } from '../../src/models/load.ts';
import { readModel } from '../../src/onnx/read-model.ts';
import { modelFileSize } from '../../src/onnx/write-model.ts';
import { Session } from '../../src/session/session.ts';
import { assertClose, type ForwardFixture, fixtureFolder } from './support.ts';

const BUNDLED = fileURLToPath(new URL('../../media/model', import.meta.url));
const BOTH = ['input_ids', 'attention_mask'];
const THREE = [...BOTH, 'token_type_ids'];

/** Inputs as Hugging Face's own exports have them. */
const ARCHITECTURES = {
  bert: THREE,
  distilbert: BOTH,
  roberta: BOTH,
  albert: THREE,
  electra: THREE,
  modernbert: BOTH,
};

let home: string;
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'cloze-export-'));
  env.allowRemoteModels = false;
  env.localModelPath = home;
});
after(() => rm(home, { recursive: true, force: true }));

for (const [name, inputs] of Object.entries(ARCHITECTURES)) {
  test(`${name}: logits in onnxruntime are Python's, in padded batches of any shape`, async () => {
    const { folder, fixture, pad } = await exported(name);
    const graph = readModel(join(folder, 'onnx/model.onnx'));
    assert.deepEqual([...graph.opsets], [['', 17]]);
    assert.deepEqual(
      graph.inputs.map(({ name, dtype, shape }) => [name, dtype, shape]),
      inputs.map((input) => [input, 'int64', ['batch_size', 'sequence_length']]),
    );
    const session = await Session.create(await readFile(join(folder, 'onnx/model.onnx')));
    // padding that reaches farther than a window of local attention: places that see no token at all
    const logits = await run(session, fixture.input_ids, 48, pad);
    const vocab = logits.shape[2] as number;
    assert.deepEqual(logits.shape, [fixture.input_ids.length, 48, vocab]);
    for (const [i, [row, position]] of fixture.masked_positions.entries()) {
      const at = (row * 48 + position) * vocab;
      const found = [...logits.data.subarray(at, at + vocab)];
      assertClose(`row ${row}, position ${position}`, found, fixture.logits_at_masked[i] ?? [], 1e-4, 1e-6);
    }

    // every position of rows of different lengths, against the graph that predicts
    const rows = [5, 1, 19].map((length, row) => (fixture.input_ids[row] ?? []).slice(0, length));
    const model = await loadMaskedLM(fixtureFolder(name), { train: false });
    const flat = rows.flat();
    const expected = await model.predict({
      inputIds: Int32Array.from(flat),
      lengths: Int32Array.from(rows, ({ length }) => length),
      maskedPositions: Int32Array.from(flat.keys()),
      labels: Int32Array.from(flat),
    });
    const mixed = await run(session, rows, 19, pad);
    const real = rows.flatMap(({ length }, row) => [
      ...mixed.data.subarray(row * 19 * vocab, (row * 19 + length) * vocab),
    ]);
    assertClose('mixed lengths', real, [...expected], 1e-4, 1e-6);
    await model.release();
    await session.release();
  });

  test(`${name}: transformers.js fills masks with it`, async () => {
    const { folder } = await exported(name);
    const unmasker = await pipeline('fill-mask', basename(folder), { dtype: 'fp32' });
    const text = `the ${unmasker.tokenizer.mask_token} of the table`;
    const guesses = (await unmasker(text, { top_k: 3 })) as Guess[];
    const { input_ids } = unmasker.tokenizer(text) as { input_ids: { tolist(): bigint[][] } };
    const ids = (input_ids.tolist()[0] ?? []).map(Number);
    const model = await loadMaskedLM(fixtureFolder(name), { train: false });
    for (const { token, score } of guesses) {
      const { lossSum } = await model.evaluate({
        inputIds: Int32Array.from(ids),
        lengths: Int32Array.of(ids.length),
        maskedPositions: Int32Array.of(ids.indexOf(unmasker.tokenizer.mask_token_id as number)),
        labels: Int32Array.of(token),
      });
      assertClose(`token ${token}`, [Math.log(score)], [-lossSum], 1e-4, 0);
    }
    await model.release();
    await unmasker.dispose();
  });

  test(`${name}: 8 bits are near Python's logits`, async () => {
    const { folder, fixture, pad } = await exported(name);
    const graph = readModel(join(folder, 'onnx/model_quantized.onnx'));
    assert.deepEqual([...graph.opsets], [['', 17]]);
    const session = await Session.create(await readFile(join(folder, 'onnx/model_quantized.onnx')));
    const { data, shape } = await run(session, fixture.input_ids, 40, pad);
    const vocab = shape[2] as number;
    let error = 0;
    let size = 0;
    for (const [i, [row, position]] of fixture.masked_positions.entries()) {
      for (const [id, wanted] of (fixture.logits_at_masked[i] ?? []).entries()) {
        error += ((data[(row * 40 + position) * vocab + id] as number) - wanted) ** 2;
        size += wanted ** 2;
      }
    }
    // a step of 8 bits is 1/127 of the largest weight, some 1/50 of a usual one: rounding moves a product by about half
    // a per cent of its size, and the dozen products between ids and logits add up as independent errors do
    assert.ok(Math.sqrt(error / size) < 0.03, `off by ${(100 * Math.sqrt(error / size)).toFixed(2)} %`);
    await session.release();
  });
}

test("the bundled model fills masks in transformers.js as in Python's pipeline, in a quarter of the size too", async () => {
  const { files } = await exportOnnx(BUNDLED, { output: join(home, 'bundled') });
  const [whole, small] = files.map(({ bytes }) => bytes) as [number, number];
  assert.deepEqual(
    await Promise.all(files.map(async ({ path }) => (await stat(path)).size)),
    files.map(({ bytes }) => bytes),
  );
  assert.ok(small < 0.27 * whole, `${small} of ${whole} bytes`);

  const text = 'The function returns a [MASK] value.';
  const unmasker = await pipeline('fill-mask', 'bundled', { dtype: 'fp32' });
  const guesses = (await unmasker(text)) as Guess[];
  // from transformers 5.23: pipeline('fill-mask', 'media/model', dtype=torch.float32)
  assert.deepEqual(
    guesses.map(({ token }) => token),
    [2709, 19701, 2047, 5164, 3853],
  );
  const scores = [0.2036897, 0.1240963, 0.1112769, 0.0368905, 0.026946];
  assertClose(
    'scores',
    guesses.map(({ score }) => score),
    scores,
    1e-4,
    0,
  );
  assert.equal(guesses[0]?.sequence, 'the function returns a return value.');
  await unmasker.dispose();

  const quantized = await pipeline('fill-mask', 'bundled', { dtype: 'q8' });
  const near = (await quantized(text)) as Guess[];
  assert.deepEqual(
    near.slice(0, 4).map(({ token }) => token),
    [2709, 19701, 2047, 5164],
  );
  near.forEach(({ score }, i) => {
    // eight bits move logits by some hundredths, probabilities by the same share
    if (i < 4) assertClose(`score ${i}`, [score], [scores[i] as number], 0.2, 0);
  });
  await quantized.dispose();
});

test('only what was asked for is written, beside files that stay as they are', async () => {
  const folder = join(home, 'own');
  await cp(fixtureFolder('bert'), folder, { recursive: true });
  await mkdir(join(folder, 'onnx'));
  await writeFile(join(folder, 'onnx/model_fp16.onnx'), 'mine');
  const before = await contents(folder);
  const shares: number[] = [];
  const { files, notes } = await exportOnnx(folder, { types: ['q8'], onProgress: (share) => shares.push(share) });
  assert.deepEqual(notes, []);
  assert.deepEqual(
    files.map(({ path }) => path),
    [join(folder, 'onnx/model_quantized.onnx')],
  );
  const after = await contents(folder);
  assert.ok(after.delete('onnx/model_quantized.onnx'));
  assert.deepEqual(after, before);
  assert.deepEqual(
    shares,
    shares.toSorted((a, b) => a - b),
  );
  assert.equal(shares.at(-1), 1);
});

test('a cancelled export leaves no part of a file, and the file of the last export', async () => {
  const folder = join(home, 'cancelled');
  await cp(fixtureFolder('bert'), folder, { recursive: true });
  await exportOnnx(folder, { types: ['fp32'] });
  const before = await contents(folder);
  const abort = new AbortController();
  const onProgress = (share: number) => share > 0.4 && abort.abort();
  await assert.rejects(exportOnnx(folder, { signal: abort.signal, onProgress }), { code: 'cancelled' });
  assert.deepEqual(await contents(folder), before);
});

test("folders without weights, of another model, and files beyond ONNX's limit are refused", async () => {
  const empty = join(home, 'empty');
  await mkdir(empty);
  await assert.rejects(exportOnnx(empty), { code: 'not-found', message: /holds no config\.json/ });
  await cp(join(fixtureFolder('bert'), 'config.json'), join(empty, 'config.json'));
  await assert.rejects(exportOnnx(empty), { code: 'not-found', message: /holds no model\.safetensors/ });
  assert.deepEqual(await readdir(empty), ['config.json']);

  const other = join(home, 'other');
  await cp(fixtureFolder('roberta'), other, { recursive: true });
  const before = await contents(other);
  await assert.rejects(exportOnnx(fixtureFolder('bert'), { output: other }), { message: /holds a model of its own/ });
  await rm(join(other, 'model.safetensors'));
  before.delete('model.safetensors');
  await assert.rejects(exportOnnx(fixtureFolder('bert'), { output: other }), { message: /is of another model/ });
  assert.deepEqual(await contents(other), before);

  const graph = readModel(join((await exported('bert')).folder, 'onnx/model.onnx'));
  const huge = new Map([['w', { dtype: 'float32' as const, shape: [1 << 15, 1 << 15], bytes: new Uint8Array() }]]);
  assert.throws(() => modelFileSize({ ...graph, initializers: huge }, 'big/model.onnx'), {
    code: 'unsupported',
    message: /big\/model\.onnx would have 4\.3 GB/,
  });
});

interface Guess {
  readonly score: number;
  readonly token: number;
  readonly sequence: string;
}

interface Exported {
  readonly folder: string;
  readonly fixture: ForwardFixture;
  /** Id of the padding token. */
  readonly pad: number;
}

const exports = new Map<string, Promise<Exported>>();

/** The recorded model, exported into a folder of its own. */
function exported(name: string): Promise<Exported> {
  const known = exports.get(name);
  if (known) return known;
  const made = exportFixture(name);
  exports.set(name, made);
  return made;
}

async function exportFixture(name: string): Promise<Exported> {
  const source = fixtureFolder(name);
  const folder = join(home, name);
  await exportOnnx(source, { output: folder });
  const fixture = JSON.parse(await readFile(join(source, 'forward.json'), 'utf8')) as ForwardFixture;
  const { pad_token_id } = JSON.parse(await readFile(join(source, 'config.json'), 'utf8')) as { pad_token_id: number };
  return { folder, fixture, pad: pad_token_id };
}

/** Rows padded to `length`. */
async function run(session: Session, rows: readonly (readonly number[])[], length: number, pad: number) {
  const matrix = (value: (row: readonly number[], i: number) => number) => ({
    data: BigInt64Array.from(rows.flatMap((row) => Array.from({ length }, (_, i) => BigInt(value(row, i))))),
    shape: [rows.length, length],
  });
  const feeds: Record<string, ReturnType<typeof matrix>> = {
    input_ids: matrix((row, i) => row[i] ?? pad),
    attention_mask: matrix((row, i) => (i < row.length ? 1 : 0)),
    token_type_ids: matrix(() => 0),
  };
  const taken = session.inputNames.map((name) => [name, feeds[name]] as const);
  const { logits } = await session.run(Object.fromEntries(taken) as typeof feeds);
  return { data: logits?.data as Float32Array, shape: logits?.shape ?? [] };
}

/** All files of a folder. */
async function contents(folder: string): Promise<Map<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = files.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const pairs = found.map(async (path) => {
    const name = path.slice(folder.length + 1).replaceAll('\\', '/');
    return [name, (await readFile(path)).toString('base64')] as const;
  });
  return new Map(await Promise.all(pairs));
}
