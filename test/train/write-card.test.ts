// A finished run has its model card, and never loses one that a person wrote.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { markdownTable, trainingResults } from '../../src/train/training-results.ts';
import { cardFacts } from '../../src/train/write-card.ts';
import { argumentsOf, record, sentences, temporaryFolder, tinyModel } from './support.ts';

test('a run writes its card with its losses, and its arguments without the folders of this machine', async (t) => {
  const folder = await temporaryFolder(t);
  const output = join(folder, 'my-run');
  const args = argumentsOf({
    model_name_or_path: await tinyModel(folder, 0),
    train_file: [await sentences(folder, 24)],
    output_dir: output,
    num_train_epochs: 2,
    eval_strategy: 'epoch',
    logging_strategy: 'epoch',
    save_strategy: 'epoch',
    validation_split_percentage: 25,
  });
  const { outcome, log } = await record(args);
  assert.equal(outcome, 'finished');
  const card = await readFile(join(output, 'README.md'), 'utf8');
  const table = markdownTable(trainingResults(log).rows);
  assert.equal(table.split('\n').length, 5);
  assert.ok(card.includes(table), card);
  assert.match(card, /^# my-run$/m);
  const results = JSON.parse(await readFile(join(output, 'eval_results.json'), 'utf8'));
  const [, shown] = /^- Loss: ([\d.]+)$/m.exec(card) ?? [];
  assert.ok(Math.abs(Number(shown) - results.eval_loss) < 1e-4, 'the final evaluation, as run_mlm.py tells it');
  for (const file of ['training_args.json', 'checkpoint-6/training_args.json', 'README.md']) {
    const text = await readFile(join(output, file), 'utf8');
    assert.ok(!text.includes(folder) && !text.includes(basename(folder)), file);
  }

  await writeFile(join(output, 'README.md'), '# Mine\n');
  await record({ ...args, max_steps: 1, save_strategy: 'no', eval_strategy: 'no' });
  assert.equal(await readFile(join(output, 'README.md'), 'utf8'), '# Mine\n');
});

test('the licence of the base model is passed on', async () => {
  const facts = await cardFacts(argumentsOf({ train_file: ['x'], output_dir: 'out' }));
  assert.equal(facts.license, 'apache-2.0');
  assert.equal(facts.baseModel, null);
  const named = await cardFacts(
    argumentsOf({ model_name_or_path: 'some/model', train_file: ['x'], output_dir: 'out' }),
  );
  assert.equal(named.baseModel, 'some/model');
  assert.equal(named.license, null);
});
