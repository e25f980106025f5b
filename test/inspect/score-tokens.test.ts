// Scores of one position’s logits, against the definition of softmax and cross entropy written out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreTokens } from '../../src/inspect/score-tokens.ts';

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test('probabilities, rank and loss of a small row', () => {
  // softmax([1, 3, 2, 0]) by the definition: e^x / (e + e^3 + e^2 + 1)
  const sum = Math.E + Math.E ** 3 + Math.E ** 2 + 1;
  const { top, rank, loss } = scoreTokens(Float32Array.of(1, 3, 2, 0), 2, 3);
  assert.deepEqual(
    top.map(({ id }) => id),
    [1, 2, 0],
  );
  near(top[0]?.score ?? 0, Math.E ** 3 / sum);
  assert.equal(rank, 2);
  near(loss, -Math.log(Math.E ** 2 / sum));
});

test('large logits do not overflow', () => {
  const { top, loss } = scoreTokens(Float32Array.of(1000, 999), 1, 1);
  near(top[0]?.score ?? 0, 1 / (1 + Math.exp(-1)));
  near(loss, Math.log(1 + Math.E));
});

test('equal logits rank by id, as a stable sort gives them', () => {
  const logits = Float32Array.of(0.5, 0.5, 0.5);
  assert.deepEqual(
    scoreTokens(logits, 2, 2).top.map(({ id }) => id),
    [0, 1],
  );
  assert.equal(scoreTokens(logits, 2, 2).rank, 3);
  assert.equal(scoreTokens(logits, 0, 2).rank, 1);
});

test('fewer tokens than asked for', () => {
  assert.equal(scoreTokens(Float32Array.of(1, 2), 0, 5).top.length, 2);
});
