// The exported picture: well-formed, every line in it, values where they belong.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse } from 'node-html-parser';
import { linearTicks, logTicks, tickText } from '../../src/protocol/chart-ticks.ts';
import { lossChartSvg } from '../../src/protocol/loss-chart-svg.ts';
import { readTrainerState } from '../../src/protocol/trainer-state.ts';

const covbert = readTrainerState(readFileSync('test/parity/trainer-states/covbert.json', 'utf8'), 'covbert.json');

/** The corners of the last line of a series. */
function corners(svg: string, key: string): [number, number][] {
  const path = parse(svg).querySelectorAll(`g[data-series="${key}"] path`).at(-1)?.getAttribute('d') ?? '';
  return [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

test('a corner a value, in order, the lowest value lowest', () => {
  const line = corners(lossChartSvg(covbert, { title: 'CoVBERT', axis: 'step' }), 'eval_loss');
  assert.equal(line.length, 50);
  assert.ok(line.every(([x], i) => i === 0 || x > (line[i - 1]?.[0] ?? 0)));
  const lowest = line.reduce((low, corner) => (corner[1] > low[1] ? corner : low));
  assert.deepEqual(lowest, line[48], 'step 4,900 is the 49th evaluation');
});

test('on a log axis equal ratios are equal heights', () => {
  const entries = [4, 2, 1].map((loss, step) => ({ loss, step }));
  const [a, b, c] = corners(lossChartSvg(entries, { title: '', axis: 'step', log: true }), 'loss').map(([, y]) => y);
  assert.ok(Math.abs(Number(b) - Number(a) - (Number(c) - Number(b))) <= 0.2);
});

test('NaN breaks the line and is marked; nothing to draw is said', () => {
  const entries = [1, null, 2].map((loss, step) => ({ loss, step }));
  const svg = lossChartSvg(entries, { title: '', axis: 'step' });
  assert.equal(svg.match(/not a number/g)?.length, 1);
  assert.match(svg, /d="M[\d. ]+M[\d. ]+"/);
  assert.match(lossChartSvg([], { title: '' }), /No loss was logged/);
});

test('a title is text, whatever it holds', () => {
  const title = '<script>&"\u0000';
  const svg = lossChartSvg(covbert, { title });
  assert.ok(!svg.includes('<script>') && !svg.includes('\u0000'));
  assert.ok(svg.includes('&lt;script&gt;&amp;&quot;\ufffd'));
});

test('ticks are round and within the axis', () => {
  assert.deepEqual(linearTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(linearTicks(0.13, 0.31, 4), [0.15, 0.2, 0.25, 0.3]);
  assert.deepEqual(linearTicks(3, 3, 5), [3]);
  assert.deepEqual(logTicks(0.1, 100, 10), [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]);
  assert.deepEqual(logTicks(1.5, 3.2, 4), [1.5, 2, 2.5, 3]);
  assert.deepEqual([0.3, 12_000, 2e-5].map(tickText), ['0.3', '12,000', '2e-5']);
});
