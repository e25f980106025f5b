// A run in words.
import assert from 'node:assert/strict';
import test from 'node:test';
import { durationText, firstEntryText, percentDone, stateText } from '../../src/protocol/run-text.ts';
import type { ProgressFile } from '../../src/protocol/runs.ts';

const progress = (part: Partial<ProgressFile>): ProgressFile => ({
  phase: 'training',
  step: 0,
  maxSteps: 0,
  epoch: 0,
  numTrainEpochs: 3,
  tokensPerSecond: null,
  secondsLeft: null,
  skippedSteps: 0,
  updated: '',
  ...part,
});

test('durations have two units at most', () => {
  const said = [0.4, 59.6, 125, 3600, 4000, 200_000].map(durationText);
  assert.deepEqual(said, ['0 s', '1 min', '2 min 5 s', '1 h', '1 h 6 min', '2 d 7 h']);
});

test('per cent are known once the steps are, and reach 100 only at the end', () => {
  assert.equal(percentDone(progress({})), null);
  assert.equal(percentDone(progress({ step: 999, maxSteps: 1000 })), 99);
  assert.equal(percentDone(progress({ step: 1000, maxSteps: 1000 })), 100);
});

test('a running run says what it is doing', () => {
  assert.equal(stateText('running', progress({ phase: 'evaluating' })), 'Evaluating');
  assert.equal(stateText('paused', progress({ phase: 'done' })), 'Paused');
});

test('an empty chart says when its first entry comes', () => {
  const at = progress({ maxSteps: 200 });
  assert.equal(firstEntryText({}, progress({ maxSteps: 1200 })), 'The first entry comes after step 500 of 1,200.');
  assert.match(firstEntryText({}, at), /only when it ends: lower logging_steps/);
  assert.equal(firstEntryText({ logging_steps: 0.05 }, at), 'The first entry comes after step 10 of 200.');
  assert.equal(firstEntryText({ eval_strategy: 'epoch' }, at), 'The first entry comes after the first epoch.');
  assert.equal(firstEntryText({ logging_first_step: true }, at), 'The first entry comes after step 1 of 200.');
});
