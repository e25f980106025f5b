// Rows and columns of the plot: what shares a place, what breaks a line.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { ChartEntry, ChartView } from '../../../src/protocol/loss-series.ts';
import { plotModel, valuesAt } from '../../../webview/chart/plot-model.ts';
import { rowInWords } from '../../../webview/chart/readout.ts';

const VIEW: ChartView = { axis: 'step', log: false, smoothing: 0 };
const entries: readonly ChartEntry[] = [
  { loss: 3, step: 10, epoch: 0.5 },
  { loss: 2, step: 20, epoch: 1 },
  { eval_loss: 2.5, step: 20, epoch: 1 },
  { loss: null, step: 30, epoch: 1.5 },
  { eval_loss: 2.25, step: 40, epoch: 2 },
  { train_loss: 2.5, step: 40, epoch: 2 },
];

test('entries of one step share a row; a series without a value there goes on, one with NaN breaks', () => {
  const { rows, lines } = plotModel(entries, VIEW);
  assert.deepEqual(rows, [
    { x: 10, entries: [0] },
    { x: 20, entries: [1, 2] },
    { x: 30, entries: [3] },
    { x: 40, entries: [4] },
  ]);
  assert.deepEqual(
    lines.map(({ key, values, best, broken }) => ({ key, values, best, broken })),
    [
      { key: 'loss', values: [3, 2, null, undefined], best: null, broken: [2] },
      { key: 'eval_loss', values: [undefined, 2.5, undefined, 2.25], best: 3, broken: [] },
    ],
  );
});

test('steps that an old log rounds to one epoch stay rows of their own', () => {
  const rounded = [10, 20, 30].map((step) => ({ loss: 1, step, epoch: 0.01 }));
  assert.equal(plotModel(rounded, { ...VIEW, axis: 'epoch' }).rows.length, 3);
});

test('a log axis leaves out what it cannot show, and counts it', () => {
  const model = plotModel(
    [
      { loss: 0, step: 1 },
      { loss: 1, step: 2 },
    ],
    { ...VIEW, log: true },
  );
  assert.deepEqual([model.lines[0]?.values, model.notOnLogAxis, model.lines[0]?.broken], [[null, 1], 1, []]);
});

test('only the training loss is smoothed', () => {
  const { lines } = plotModel(entries, { ...VIEW, smoothing: 0.5 });
  assert.deepEqual(
    lines[0]?.smooth?.map((value) => value && Number(value.toFixed(9))),
    [3, 2.333333333, null, undefined],
  );
  assert.equal(lines[1]?.smooth, null);
});

test('a place is said in words, with what is best and what is no number', () => {
  const model = plotModel(entries, VIEW);
  assert.equal(rowInWords(model, 1, entries), 'Step 20, epoch 1: training loss 2.0000; validation loss 2.5000');
  assert.equal(rowInWords(model, 2, entries), 'Step 30, epoch 1.5: training loss not a number');
  assert.equal(rowInWords(model, 3, entries), 'Step 40, epoch 2: validation loss 2.2500, the best');
  assert.deepEqual(valuesAt(model, 9, entries), []);
});
