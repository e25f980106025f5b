// Log histories that Python wrote, as the lines of a chart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { availableAxes, bestPoint, type LossSeries, lossSeries, smoothed } from '../../src/protocol/loss-series.ts';
import { readTrainerState } from '../../src/protocol/trainer-state.ts';

const read = (name: string) => readTrainerState(readFileSync(`test/parity/trainer-states/${name}`, 'utf8'), name);
const near = (a: number | null | undefined, b: number) =>
  assert.ok(Math.abs(Number(a) - b) < 1e-12, `${a} is not ${b}`);
const lineOf = (series: readonly LossSeries[], key: string) => {
  const line = series.find((one) => one.key === key);
  assert.ok(line, key);
  return line;
};

test('each loss runs through its own points: entries without it are left out, as the book drops missing values', () => {
  const series = lossSeries(read('covbert.json'), 'step');
  assert.deepEqual(
    series.map(({ key, label, kind, points }) => [key, label, kind, points.length]),
    [
      ['loss', 'Training loss', 'training', 50],
      ['eval_loss', 'Validation loss', 'validation', 50],
    ],
  );
});

test('the best point is the lowest validation loss', () => {
  const best = bestPoint(lineOf(lossSeries(read('covbert.json'), 'step'), 'eval_loss'));
  assert.deepEqual([best?.x, best?.y], [4900, 0.1324094831943512]);
});

test('a log of before there were steps is drawn against epochs', () => {
  const entries = read('book-ch9.json');
  assert.deepEqual(availableAxes(entries), ['epoch']);
  assert.deepEqual(lossSeries(entries, 'step'), []);
  const best = bestPoint(lineOf(lossSeries(entries, 'epoch'), 'eval_loss'));
  assert.deepEqual([best?.x, best?.y], [14, 1.0684764385223389]);
});

test('several validation sets are lines of their own, each with its best', () => {
  const series = lossSeries(read('several-sets.json'), 'epoch');
  assert.deepEqual(
    series.map(({ label }) => label),
    ['Training loss', ...[0, 1, 2, 3, 4, 5].map((set) => `Validation loss, g${set}`)],
  );
  near(bestPoint(lineOf(series, 'eval_g0_loss'))?.y, 1.113750696182251);
  near(bestPoint(lineOf(series, 'eval_g5_loss'))?.y, 2.1838297843933105);
});

test('smoothing is TensorBoard’s: values worked out in Python with weight 0.6', () => {
  const values = lineOf(lossSeries(read('covbert.json'), 'step'), 'loss').points.map(({ y }) => y);
  const smooth = smoothed(values, 0.6);
  near(smooth[0], 2.3432);
  near(smooth[1], 1.7728874999999997);
  near(smooth[9], 0.5703366118186268);
  near(smooth[49], 0.1419443059090067);
});

test('a value that is no number breaks the line, and smoothing passes over it', () => {
  const text =
    '{"log_history": [{"loss": 2, "step": 1}, {"loss": NaN, "step": 2}, {"loss": -Infinity, "step": 3}, {"loss": 1, "step": 4}]}';
  const [line] = lossSeries(readTrainerState(text, 'a.json'), 'step');
  assert.deepEqual(
    line?.points.map(({ y }) => y),
    [2, null, null, 1],
  );
  assert.deepEqual(
    smoothed([2, null, 2], 0.9).map((value) => value && Number(value.toFixed(12))),
    [2, null, 2],
  );
  assert.equal(
    bestPoint({ key: 'eval_loss', label: '', kind: 'validation', points: [{ x: 1, y: null, entry: 0 }] }),
    null,
  );
});
