// What must not change a result: padding, the company in a batch, micro-batches, saving and loading.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { initMaskedLM } from '../../src/models/init.ts';
import { loadMaskedLM } from '../../src/models/load.ts';
import { saveMaskedLM } from '../../src/models/save.ts';
import type { DropoutKey, FlatBatch, MaskedLM, Parameter } from '../../src/models/types.ts';
import { assertClose, type ForwardFixture, fixtureFolder, wholeBatch } from './support.ts';

const folder = fixtureFolder('bert');
const fixture = JSON.parse(await readFile(`${folder}/forward.json`, 'utf8')) as ForwardFixture;
const config = JSON.parse(await readFile(`${folder}/config.json`, 'utf8')) as Record<string, unknown>;

/** The first `length` tokens of each of these rows. */
function cut(batch: FlatBatch, rows: readonly (readonly [row: number, length: number])[]): FlatBatch {
  const starts = [0];
  for (const size of batch.lengths) starts.push((starts.at(-1) as number) + size);
  const ids: number[] = [];
  const positions: number[] = [];
  const labels: number[] = [];
  for (const [row, length] of rows) {
    const start = starts[row] as number;
    batch.maskedPositions.forEach((position, i) => {
      if (position < start || position >= start + length) return;
      positions.push(ids.length + position - start);
      labels.push(batch.labels[i] as number);
    });
    ids.push(...batch.inputIds.subarray(start, start + length));
  }
  return {
    inputIds: Int32Array.from(ids),
    lengths: Int32Array.from(rows.map(([, length]) => length)),
    maskedPositions: Int32Array.from(positions),
    labels: Int32Array.from(labels),
  };
}

const FAMILIES = ['bert', 'distilbert', 'roberta', 'albert', 'electra', 'modernbert'];
const LENGTHS = [32, 12, 32, 17];
const full = wholeBatch(fixture);
const ragged = cut(full, [
  [0, 32],
  [1, 12],
  [2, 32],
  [3, 17],
]);

for (const name of FAMILIES) {
  test(`${name}: a row scores the same alone and beside longer ones, and so do its gradients`, async () => {
    const { model, ragged, pieces } = await family(name);
    const together = await model.predict(ragged);
    const alone: number[] = [];
    for (const piece of pieces) alone.push(...(await model.predict(piece)));
    assertClose('logits', [...together], alone, 1e-5, 2e-6);
    const normalizer = ragged.labels.length;
    const whole = await model.trainStep(ragged, { normalizer, accumulate: false });
    const expected = gradients(model);
    let lossSum = 0;
    for (const [i, piece] of pieces.entries()) {
      lossSum += (await model.trainStep(piece, { normalizer, accumulate: i > 0 })).lossSum;
    }
    assertClose('loss', [lossSum], [whole.lossSum], 1e-6, 0);
    assertSameGradients(model, gradients(model), expected);
    await model.release();
  });

  test(`${name}: dropout is the same in micro-batches, and its gradient that of its loss`, async () => {
    const { config, ragged, pieces } = await family(name);
    const dropped = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, /dropout/.test(key) && value === 0 ? 0.2 : value]),
    );
    const model = initMaskedLM({ ...dropped, initializer_range: 0.1 }, 3, { train: true });
    const normalizer = ragged.labels.length;
    const key = { seed: 11, step: 5 };
    const all = () => model.trainStep(ragged, { normalizer, accumulate: false, dropout: { ...key, firstExample: 0 } });
    const plain = await model.trainStep(ragged, { normalizer, accumulate: false });
    const whole = await all();
    assert.notEqual(whole.lossSum, plain.lossSum);
    const expected = gradients(model);
    for (const [i, piece] of pieces.entries()) {
      await model.trainStep(piece, { normalizer, accumulate: i > 0, dropout: { ...key, firstExample: i } });
    }
    assertSameGradients(model, gradients(model), expected);

    const slope = Math.hypot(...expected.map((gradient) => Math.hypot(...gradient)));
    const kept = model.parameters.map(({ data }) => Float32Array.from(data));
    const lossAt = async (by: number) => {
      for (const [i, { data }] of model.parameters.entries()) {
        data.forEach((_, j) => {
          data[j] = (kept[i]?.[j] as number) + (by * (expected[i]?.[j] as number)) / slope;
        });
      }
      return (await all()).lossSum / normalizer;
    };
    const step = 1e-2;
    assertClose('slope', [((await lossAt(step)) - (await lossAt(-step))) / (2 * step)], [slope], 1e-2, 0);
    await model.release();
  });
}

/** The recorded batch of a model with rows of different lengths, and row by row. */
async function family(name: string) {
  const folder = fixtureFolder(name);
  const batch = wholeBatch(JSON.parse(await readFile(`${folder}/forward.json`, 'utf8')) as ForwardFixture);
  const config = JSON.parse(await readFile(`${folder}/config.json`, 'utf8')) as Record<string, unknown>;
  const rows = LENGTHS.map((length, row) => [row, Math.min(length, batch.lengths[row] as number)] as const);
  const pieces = rows.map((row) => cut(batch, [row]));
  assert.ok(pieces.every(({ labels }) => labels.length > 0));
  return { config, model: await loadMaskedLM(folder, { train: true }), ragged: cut(batch, rows), pieces };
}

test('rows without a masked position change nothing, wherever they stand', async () => {
  const model = await loadMaskedLM(folder, { train: true });
  // the first two tokens of row 2 are not masked
  const among = cut(full, [
    [2, 2],
    [1, 12],
    [2, 2],
    [0, 32],
    [2, 2],
  ]);
  const without = cut(full, [
    [1, 12],
    [0, 32],
  ]);
  assert.equal(among.labels.length, without.labels.length);
  const expected = await model.trainStep(without, { normalizer: 5, accumulate: false });
  const wanted = gradients(model);
  assertClose('logits', [...(await model.predict(among))], [...(await model.predict(without))], 1e-5, 1e-6);
  assertClose(
    'loss',
    [(await model.trainStep(among, { normalizer: 5, accumulate: false })).lossSum],
    [expected.lossSum],
    1e-6,
    0,
  );
  assertSameGradients(model, gradients(model), wanted);
  await model.release();
});

test('evaluating and training agree on the loss, and hits are counted', async () => {
  const model = await loadMaskedLM(folder, { train: true });
  const trained = await model.trainStep(ragged, { normalizer: 1, accumulate: false });
  const evaluated = await model.evaluate(ragged);
  assertClose('loss', [evaluated.lossSum], [trained.lossSum], 1e-6, 0);
  assert.equal(evaluated.masked, ragged.labels.length);
  const logits = await model.predict(ragged);
  const best = [...ragged.labels].map((_, i) => {
    const row = logits.subarray(i * model.vocabSize, (i + 1) * model.vocabSize);
    return row.indexOf(Math.max(...row));
  });
  assert.equal(evaluated.correct, best.filter((id, i) => id === ragged.labels[i]).length);
  // told the model's own guesses, it is always right
  assert.equal((await model.evaluate({ ...ragged, labels: Int32Array.from(best) })).correct, best.length);
  await model.release();
});

const gradients = (model: MaskedLM) => model.parameters.map(({ grad }) => Float32Array.from(grad));

async function inMicroBatches(model: MaskedLM, dropout?: Omit<DropoutKey, 'firstExample'>) {
  let lossSum = 0;
  const rows: [number, number][] = [...ragged.lengths.entries()];
  for (const [first, count] of [
    [0, 1],
    [1, 2],
    [3, 1],
  ] as const) {
    const result = await model.trainStep(cut(full, rows.slice(first, first + count)), {
      normalizer: ragged.labels.length,
      accumulate: first > 0,
      dropout: dropout && { ...dropout, firstExample: first },
    });
    lossSum += result.lossSum;
  }
  return { lossSum, gradients: gradients(model) };
}

function assertSameGradients(model: MaskedLM, actual: readonly Float32Array[], expected: readonly Float32Array[]) {
  model.parameters.forEach(({ name }, i) => {
    const wanted = expected[i] as Float32Array;
    // float32 sums in another order: 1e-6 of the largest element
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assertClose(name, [...(actual[i] as Float32Array)], [...wanted], 1e-4, 1e-8 + 1e-5 * largest);
  });
}

test('micro-batches give the loss and the gradients of the whole batch', async () => {
  const model = await loadMaskedLM(folder, { train: true });
  const whole = await model.trainStep(ragged, { normalizer: ragged.labels.length, accumulate: false });
  const expected = gradients(model);
  const parts = await inMicroBatches(model);
  assertClose('loss', [parts.lossSum], [whole.lossSum], 1e-6, 0);
  assertSameGradients(model, parts.gradients, expected);
  await model.release();
});

const withDropout = { ...config, hidden_dropout_prob: 0.2, attention_probs_dropout_prob: 0.3 };

test('dropout depends on seed, step and example, not on the micro-batch', async () => {
  const model = initMaskedLM(withDropout, 3, { train: true });
  const step = (dropout: DropoutKey) => model.trainStep(ragged, { normalizer: 10, accumulate: false, dropout });
  const key = { seed: 11, step: 5, firstExample: 0 };
  const once = await step(key);
  const first = gradients(model);
  assert.deepEqual((await step(key)).lossSum, once.lossSum);
  assert.deepEqual(gradients(model), first);
  for (const other of [{ seed: 12 }, { step: 6 }, { firstExample: 1 }]) {
    assert.notEqual((await step({ ...key, ...other })).lossSum, once.lossSum);
  }
  await model.trainStep(ragged, { normalizer: ragged.labels.length, accumulate: false, dropout: key });
  const whole = gradients(model);
  const parts = await inMicroBatches(model, { seed: 11, step: 5 });
  assertClose('loss', [parts.lossSum], [once.lossSum], 1e-6, 0);
  assertSameGradients(model, parts.gradients, whole);
  await model.release();
});

test('the gradient under dropout is that of the loss under the same masks', async () => {
  const model = initMaskedLM({ ...withDropout, initializer_range: 0.3 }, 3, { train: true });
  const dropout = { seed: 1, step: 1, firstExample: 0 };
  const loss = async () => (await model.trainStep(ragged, { normalizer: 1, accumulate: false, dropout })).lossSum;
  await loss();
  const before = gradients(model);
  for (const [i, { name, data }] of model.parameters.entries()) {
    // along the gradient itself, where a float32 difference is largest
    const gradient = before[i] as Float32Array;
    const size = Math.hypot(...gradient);
    if (size < 1e-3) continue;
    const kept = Float32Array.from(data);
    const move = (by: number) => {
      for (const [j, value] of kept.entries()) data[j] = value + (by * (gradient[j] as number)) / size;
    };
    const step = 1e-2;
    move(step);
    const above = await loss();
    move(-step);
    const below = await loss();
    move(0);
    assertClose(`slope along ${name}`, [(above - below) / (2 * step)], [size], 3e-2, 2e-2);
  }
  await model.release();
});

test('a true token of probability 0 in float32 has a finite loss', async () => {
  const model = initMaskedLM(withDropout, 3, { train: true });
  const bias = model.parameters.find(({ name }) => name === 'cls.predictions.bias');
  const label = ragged.labels[0] as number;
  (bias as Parameter).data[label] = -300;
  const { lossSum } = await model.evaluate(ragged);
  assert.ok(lossSum > 300 && Number.isFinite(lossSum));
  const plain = await model.trainStep(ragged, { normalizer: 1, accumulate: false });
  assertClose('loss', [plain.lossSum], [lossSum], 1e-6, 0);
  const dropout = { seed: 1, step: 1, firstExample: 0 };
  const dropped = await model.trainStep(ragged, { normalizer: 1, accumulate: false, dropout });
  assertClose('loss under dropout', [dropped.lossSum], [lossSum], 0.2, 0);
  const hits = ragged.labels.filter((other) => other === label).length;
  assertClose('its gradient', [bias?.grad[label] as number], [-hits], 1e-6, 0);
  await model.release();
});

test('the padding token gets no gradient from its lookup', async () => {
  const model = await loadMaskedLM(folder, { train: true });
  const one: FlatBatch = {
    inputIds: Int32Array.from([2, 0, 4, 3]),
    lengths: Int32Array.from([4]),
    maskedPositions: Int32Array.from([2]),
    labels: Int32Array.from([190]),
  };
  await model.trainStep(one, { normalizer: 1, accumulate: false });
  const word = model.parameters.find(({ name }) => name.endsWith('word_embeddings.weight'));
  const width = word?.shape[1] as number;
  const row = (id: number) => Math.hypot(...(word?.grad.subarray(id * width, (id + 1) * width) ?? []));
  // only the decoder's share, as for a token that is not in the row
  assert.ok(row(0) < 10 * row(700), `${row(0)} beside ${row(700)}`);
  assert.ok(row(2) > 10 * row(700), `${row(2)} beside ${row(700)}`);
  await model.release();
});

test('saved and loaded, the weights are equal bit for bit; as float16, to half precision', async () => {
  const out = await mkdtemp(join(tmpdir(), 'cloze-model-'));
  const model = await loadMaskedLM(folder, { train: false });
  for (const dtype of ['float32', 'float16'] as const) {
    await saveMaskedLM(model, out, { dtype });
    const again = await loadMaskedLM(out, { train: false });
    again.parameters.forEach(({ name, data }, i) => {
      const original = [...(model.parameters[i]?.data ?? [])];
      if (dtype === 'float32') assert.deepEqual([...data], original, name);
      else assertClose(name, [...data], original, 2 ** -11, 2 ** -25);
    });
    assert.equal(again.config.dtype, dtype);
    await again.release();
  }
  await model.release();
  await rm(out, { recursive: true });
});

test('impossible batches are refused with what is wrong', async () => {
  const model = await loadMaskedLM(folder, { train: false });
  const one = cut(full, [[0, 8]]);
  const none = { ...one, maskedPositions: new Int32Array(0), labels: new Int32Array(0) };
  await assert.rejects(model.predict(none), /no masked position/);
  await assert.rejects(model.predict({ ...one, inputIds: one.inputIds.map(() => 800) }), /id 800.*vocabulary of 800/);
  await assert.rejects(model.predict({ ...one, labels: one.labels.map(() => -1) }), /id -1/);
  const long = { ...one, inputIds: new Int32Array(65), lengths: Int32Array.from([65]) };
  await assert.rejects(model.predict(long), /65 tokens.*end at 64.*/);
  await assert.rejects(model.trainStep(one, { normalizer: 1, accumulate: false }), /without gradients/);
  await model.release();
});
