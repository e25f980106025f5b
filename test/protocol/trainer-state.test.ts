// trainer_state.json of any version, and what is not one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ClozeError } from '../../src/base/errors.ts';
import { logColumns, logCsv, logJson } from '../../src/protocol/log-table.ts';
import type { ChartEntry } from '../../src/protocol/loss-series.ts';
import { readTrainerState } from '../../src/protocol/trainer-state.ts';

test('bare NaN and Infinity are read, inside text they stay', () => {
  const text =
    '{"note": "NaN \\" Infinity", "log_history": [{"eval_loss": NaN, "grad_norm": Infinity, "step": 28, "epoch": 1.0}]}';
  assert.deepEqual(readTrainerState(text, 'a.json'), [{ eval_loss: null, grad_norm: null, step: 28, epoch: 1 }]);
});

test('a list of entries is found under another name, or by itself', () => {
  const entries = [{ loss: 1, epoch: 0.5 }];
  assert.deepEqual(readTrainerState(JSON.stringify({ tags: ['x'], training_history: entries }), 'a.json'), entries);
  assert.deepEqual(readTrainerState(JSON.stringify(entries), 'a.json'), entries);
});

test('what is cut off or something else is refused by name, with a way out', () => {
  for (const [text, message] of [
    ['{"log_history": [', /^a\.json is not JSON/],
    ['{"model_type": "bert"}', /^a\.json holds no log history/],
    ['[1, 2]', /^a\.json holds no log history/],
    ['null', /^a\.json holds no log history/],
  ] as const) {
    assert.throws(
      () => readTrainerState(text, 'a.json'),
      (error) => error instanceof ClozeError && message.test(error.message) && error.wayOut !== undefined,
    );
  }
});

test('the table has the columns that are there, the losses first; CSV leaves missing values empty', () => {
  const entries: readonly ChartEntry[] = [
    { grad_norm: 0.5, loss: 2, step: 10, epoch: 1 },
    { eval_loss: null, eval_runtime: 3, step: 10, epoch: 1 },
  ];
  assert.deepEqual(logColumns(entries), ['step', 'epoch', 'loss', 'eval_loss', 'grad_norm', 'eval_runtime']);
  assert.equal(logCsv(entries), 'step,epoch,loss,eval_loss,grad_norm,eval_runtime\n10,1,2,,0.5,\n10,1,,NaN,,3\n');
  assert.deepEqual(readTrainerState(logJson(entries), 'a.json'), entries);
});
