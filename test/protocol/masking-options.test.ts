// What may be typed as the collator's arguments, and what saved or configured values become.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_MASKING } from '../../src/protocol/masking.ts';
import { maskingProblems, readMaskingOptions } from '../../src/protocol/masking-options.ts';

const problems = (part: Partial<typeof DEFAULT_MASKING>) =>
  Object.keys(maskingProblems({ ...DEFAULT_MASKING, ...part }));

test('the collator’s own defaults are usable', () => {
  assert.deepEqual(maskingProblems(DEFAULT_MASKING), {});
});

test('each argument out of bounds is named', () => {
  assert.deepEqual(problems({ mlmProbability: 1.1 }), ['mlmProbability']);
  assert.deepEqual(problems({ mlmProbability: Number.NaN }), ['mlmProbability']);
  assert.deepEqual(problems({ maskReplaceProb: -0.1 }), ['maskReplaceProb']);
  assert.deepEqual(problems({ seed: 1.5 }), ['seed']);
  assert.deepEqual(problems({ seed: 2 ** 32 }), ['seed']);
  assert.deepEqual(problems({ seed: 0 }), []);
});

test('mask and random may not make more than 1 together', () => {
  assert.deepEqual(problems({ maskReplaceProb: 0.8, randomReplaceProb: 0.3 }), ['randomReplaceProb']);
  assert.deepEqual(problems({ maskReplaceProb: 0.9, randomReplaceProb: 0.1 }), []);
  assert.deepEqual(problems({ maskReplaceProb: 1, randomReplaceProb: 0 }), []);
});

test('settings and saved state of any kind become usable options', () => {
  const read = readMaskingOptions({ mlmProbability: 0.5, seed: 'x', stream: 'dice', maskReplaceProb: 7 });
  assert.deepEqual(read, { ...DEFAULT_MASKING, mlmProbability: 0.5 });
  assert.deepEqual(readMaskingOptions({ maskReplaceProb: 0.95 }), DEFAULT_MASKING, 'a sum over 1 with the default');
});
