// A run that was ended and resumed equals one that never stopped, bit for bit.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { argumentsOf, record, sentences, temporaryFolder, timeless, tinyModel } from './support.ts';

const VARIANTS: Record<string, Record<string, unknown>> = {
  'evaluations in the middle of an epoch': { eval_strategy: 'steps', eval_steps: 3, logging_steps: 2 },
  'everything by epochs': { eval_strategy: 'epoch', logging_strategy: 'epoch', save_strategy: 'epoch' },
  'gradient accumulation and rows grouped by length': {
    gradient_accumulation_steps: 2,
    group_by_length: true,
    eval_strategy: 'epoch',
    logging_steps: 1,
  },
  'whole words and fixed evaluation masks': {
    whole_word_mask: true,
    eval_masks: 'fixed',
    eval_strategy: 'steps',
    eval_steps: 4,
    logging_steps: 1,
  },
};

for (const [name, variant] of Object.entries(VARIANTS)) {
  test(`paused and resumed again and again, with dropout: ${name}`, async (t) => {
    const folder = await temporaryFolder(t);
    const model_name_or_path = await tinyModel(folder, 0.1);
    const train_file = await sentences(folder, 45);
    const validation_file = await sentences(folder, 10);
    const common = {
      model_name_or_path,
      train_file,
      validation_file,
      num_train_epochs: 3,
      per_device_train_batch_size: 4,
      learning_rate: 2e-3,
      warmup_steps: 3,
      weight_decay: 0.01,
      seed: 7,
      ...variant,
    };
    const whole = await record(argumentsOf({ ...common, output_dir: join(folder, 'whole') }));
    assert.equal(whole.outcome, 'finished');

    const output_dir = join(folder, 'parts');
    const log = [];
    for (const [part, pauseAt] of [1, 5, 11, 12, Number.POSITIVE_INFINITY].entries()) {
      const args = argumentsOf({ ...common, output_dir, ...(part > 0 ? { resume_from_checkpoint: 'true' } : {}) });
      const piece = await record(args, (step) => (step >= pauseAt ? 'pause' : null));
      assert.equal(piece.outcome, Number.isFinite(pauseAt) ? 'paused' : 'finished');
      log.push(...piece.log);
    }

    assert.deepEqual(timeless(log), timeless(whole.log));
    const weights = (run: string) => readFile(join(folder, run, 'model.safetensors'));
    assert.ok((await weights('parts')).equals(await weights('whole')), 'the weights differ');
  });
}

test('a run killed after a checkpoint goes on from it with the same losses', async (t) => {
  const folder = await temporaryFolder(t);
  const common = {
    model_name_or_path: await tinyModel(folder, 0.1),
    train_file: await sentences(folder, 40),
    validation_split_percentage: 0,
    max_steps: 14,
    per_device_train_batch_size: 4,
    learning_rate: 2e-3,
    logging_steps: 1,
    save_steps: 5,
    save_total_limit: 1,
  };
  const whole = await record(argumentsOf({ ...common, output_dir: join(folder, 'whole') }));
  const output_dir = join(folder, 'killed');
  // cancel leaves what a kill leaves: the last checkpoint, nothing saved since
  const killed = await record(argumentsOf({ ...common, output_dir }), (step) => (step >= 8 ? 'cancel' : null));
  assert.equal(killed.outcome, 'cancelled');
  const resumed = await record(argumentsOf({ ...common, output_dir, resume_from_checkpoint: 'true' }));
  assert.equal(resumed.resumedFrom, 5);
  assert.deepEqual(timeless(resumed.log), timeless(whole.log.filter(({ step }) => step > 5)));
});
