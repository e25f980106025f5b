// Windows of a tensor, near rows and histograms: against torch's numbers, and against counting by hand.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Accumulator } from '../../src/inspect/statistics.ts';
import { openTensors } from '../../src/inspect/tensor-files.ts';
import { nearestRows, readWindow } from '../../src/inspect/tensor-values.ts';

const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));
const expected = JSON.parse(await readFile(parity('inspect/model-panel.json'), 'utf8')) as {
  nearest: { row: number; ids: number[]; cosines: number[] };
  window: { name: string; row: number; column: number; values: number[][] };
};

async function withTensor<T>(name: string, work: (tensor: Parameters<typeof readWindow>[0]) => Promise<T>): Promise<T> {
  const files = await openTensors(parity('models/bert'));
  try {
    return await work(files.tensors.find((tensor) => tensor.name === name) ?? assert.fail(name));
  } finally {
    await files.close();
  }
}

test('a window shows the very numbers, and is cut at the edges', async () => {
  const { name, row, column, values } = expected.window;
  await withTensor(name, async (tensor) => {
    const seen = await readWindow(tensor, { row, rows: 3, column, columns: 4 });
    assert.deepEqual(seen.values, values);
    const { allRows, allColumns } = seen;
    const edge = await readWindow(tensor, { row: allRows - 1, rows: 9, column: allColumns - 2, columns: 9 });
    assert.deepEqual([edge.rows, edge.columns, edge.values[0]?.length], [1, 2, 2]);
  });
  await withTensor('bert.embeddings.word_embeddings.weight', async (tensor) => {
    await assert.rejects(readWindow(tensor, { row: 0, rows: 1e4, column: 0, columns: 1e4 }), /too many/);
  });
  await withTensor('cls.predictions.bias', async (tensor) => {
    assert.equal((await readWindow(tensor, { row: 0, rows: 5, column: 0, columns: 5 })).rows, 1);
  });
});

test('the nearest rows by cosine are torch’s', async () => {
  const { row, ids, cosines } = expected.nearest;
  await withTensor('bert.embeddings.word_embeddings.weight', async (tensor) => {
    const found = await nearestRows(tensor, row, 5);
    assert.deepEqual(
      found.map((one) => one.row),
      ids,
    );
    for (const [i, { cosine }] of found.entries()) assert.ok(Math.abs(cosine - (cosines[i] as number)) < 1e-12);
    await assert.rejects(nearestRows(tensor, 800, 5), /no row 800/);
  });
});

test('a histogram counts every finite number once, also where the range grows', () => {
  const values = Float64Array.from({ length: 50_000 }, (_, i) => (i < 20_000 ? Math.sin(i) : 40 * Math.sin(i) + 7));
  values[5] = Number.NaN;
  values[6] = Number.NEGATIVE_INFINITY;
  const numbers = new Accumulator({ histogram: true });
  numbers.add(values.subarray(0, 20_000));
  numbers.add(values.subarray(20_000));
  const histogram = numbers.histogram ?? assert.fail();
  const { first, width, counts } = histogram;
  assert.ok(counts.length >= 20 && counts.length <= 64, `${counts.length} bins`);
  const byHand = counts.map((_, bin) => {
    const from = (first + bin) * width;
    return values.reduce((count, value) => count + Number(value >= from && value < from + width), 0);
  });
  assert.deepEqual(counts, byHand);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    49_998,
  );
});

test('a histogram of one number, of none, and of numbers very far apart', () => {
  const of = (...values: number[]) => {
    const numbers = new Accumulator({ histogram: true });
    for (const value of values) numbers.add([value]);
    return numbers.histogram;
  };
  assert.deepEqual(of(0, 0, 0)?.counts, [3]);
  assert.deepEqual(of(-3.5)?.counts, [1]);
  assert.equal(of(Number.NaN), null);
  const far = of(1e-30, -3.4e38, 3.4e38)?.counts ?? [];
  assert.equal(
    far.reduce((sum, count) => sum + count, 0),
    3,
  );
});
