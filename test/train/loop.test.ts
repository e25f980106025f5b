// What the training loop promises beside the numbers: accumulation, bad losses, the best checkpoint, clear refusals.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadMaskedLM } from '../../src/models/load.ts';
import { readModel } from '../../src/onnx/read-model.ts';
import { argumentsOf, record, sentences, temporaryFolder, timeless, tinyModel } from './support.ts';

test('a batch in two halves gives the loss and gradient of the whole batch', async (t) => {
  const folder = await temporaryFolder(t);
  const common = {
    model_name_or_path: await tinyModel(folder, 0),
    train_file: await sentences(folder, 16),
    validation_split_percentage: 0,
    pad_to_max_length: true,
    max_steps: 1,
    logging_steps: 1,
    save_strategy: 'no',
    mlm_probability: 1,
    mask_replace_prob: 1,
    random_replace_prob: 0,
  };
  const whole = await record(
    argumentsOf({ ...common, per_device_train_batch_size: 8, output_dir: join(folder, 'whole') }),
  );
  const halves = await record(
    argumentsOf({
      ...common,
      per_device_train_batch_size: 4,
      gradient_accumulation_steps: 2,
      output_dir: join(folder, 'halves'),
    }),
  );
  for (const key of ['loss', 'grad_norm']) {
    const [a, b] = [Number(whole.log[0]?.[key]), Number(halves.log[0]?.[key])];
    assert.ok(Math.abs(a - b) < 1e-5 * a, `${key}: ${a} and ${b}`);
  }
});

test('a loss that is no number never reaches the weights, and three in a row stop the run with them saved', async (t) => {
  const folder = await temporaryFolder(t);
  const args = argumentsOf({
    model_name_or_path: await tinyModel(folder, 0),
    train_file: await sentences(folder, 60),
    validation_split_percentage: 0,
    max_steps: 200,
    per_device_train_batch_size: 4,
    learning_rate: 1e38,
    max_grad_norm: 0,
    logging_steps: 1,
    save_strategy: 'no',
    output_dir: join(folder, 'run'),
  });
  await assert.rejects(record(args), /not a finite number 3 steps in a row/);
  const names = await readdir(join(folder, 'run'));
  const checkpoint = names.find((name) => name.startsWith('checkpoint-'));
  assert.ok(checkpoint, names.join());
  const state = JSON.parse(await readFile(join(folder, 'run', checkpoint, 'loop_state.json'), 'utf8'));
  assert.equal(state.skippedSteps, 3);
});

test('the best checkpoint is kept and loaded at the end', async (t) => {
  const folder = await temporaryFolder(t);
  const output_dir = join(folder, 'run');
  // a rate that is too high for the second half: the last evaluation is not the best
  const args = argumentsOf({
    model_name_or_path: await tinyModel(folder, 0),
    train_file: await sentences(folder, 40),
    validation_file: await sentences(folder, 12),
    num_train_epochs: 4,
    per_device_train_batch_size: 8,
    learning_rate: 0.05,
    lr_scheduler_type: 'constant',
    eval_strategy: 'epoch',
    save_strategy: 'epoch',
    eval_masks: 'fixed',
    load_best_model_at_end: true,
    save_total_limit: 1,
    output_dir,
  });
  const { log } = await record(args);
  const losses = log.filter((entry) => 'eval_loss' in entry);
  const best = losses.reduce((a, b) => (Number(b.eval_loss) < Number(a.eval_loss) ? b : a));
  const state = JSON.parse(await readFile(join(output_dir, 'trainer_state.json'), 'utf8'));
  assert.equal(state.best_global_step, best.step);
  assert.equal(state.best_metric, best.eval_loss);
  const [final, kept] = await Promise.all(
    ['', `checkpoint-${best.step}`].map((name) => readFile(join(output_dir, name, 'model.safetensors'))),
  );
  assert.ok(final?.equals(kept as Buffer), 'the final model is not the best checkpoint');
});

test('early stopping ends the run after evaluations without a better one', async (t) => {
  const folder = await temporaryFolder(t);
  const args = argumentsOf({
    model_name_or_path: await tinyModel(folder, 0),
    train_file: await sentences(folder, 16),
    validation_file: await sentences(folder, 8),
    num_train_epochs: 50,
    per_device_train_batch_size: 8,
    learning_rate: 0,
    eval_strategy: 'epoch',
    eval_masks: 'fixed',
    save_strategy: 'no',
    early_stopping_patience: 2,
    output_dir: join(folder, 'run'),
  });
  const { outcome, log } = await record(args);
  assert.equal(outcome, 'finished');
  assert.equal(log.filter((entry) => 'eval_loss' in entry).length, 3);
});

test('a model folder that Python can open is left: config, weights, tokenizer, state and results', async (t) => {
  const folder = await temporaryFolder(t);
  const output_dir = join(folder, 'run');
  const { outcome } = await record(
    argumentsOf({
      model_name_or_path: await tinyModel(folder, 0),
      train_file: await sentences(folder, 40),
      max_steps: 2,
      save_strategy: 'no',
      output_dir,
    }),
  );
  assert.equal(outcome, 'finished');
  const names = await readdir(output_dir);
  for (const name of [
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
    'trainer_state.json',
    'train_results.json',
    'eval_results.json',
    'all_results.json',
  ]) {
    assert.ok(names.includes(name), `${name} is missing`);
  }
});

test('text that makes no row is refused with the way out', async (t) => {
  const folder = await temporaryFolder(t);
  const args = argumentsOf({
    model_name_or_path: await tinyModel(folder, 0),
    train_file: await sentences(folder, 1),
    validation_split_percentage: 0,
    line_by_line: false,
    max_seq_length: 64,
    output_dir: join(folder, 'run'),
  });
  await assert.rejects(record(args), /nothing to train on.*/);
});

test('each evaluation logs accuracy and perplexity; the lowest perplexity is the best', async (t) => {
  const folder = await temporaryFolder(t);
  const output_dir = join(folder, 'run');
  const { log } = await record(
    argumentsOf({
      model_name_or_path: await tinyModel(folder, 0),
      train_file: await sentences(folder, 40),
      validation_file: await sentences(folder, 12),
      max_steps: 12,
      learning_rate: 5e-3,
      eval_strategy: 'steps',
      eval_steps: 3,
      save_strategy: 'steps',
      save_steps: 3,
      load_best_model_at_end: true,
      metric_for_best_model: 'perplexity',
      output_dir,
    }),
  );
  const evaluations = log.filter(({ eval_loss }) => eval_loss !== undefined);
  assert.equal(evaluations.length, 4);
  for (const { eval_loss, eval_accuracy, eval_perplexity } of evaluations) {
    assert.ok(Math.abs(Number(eval_perplexity) - Math.exp(Number(eval_loss))) < 1e-9);
    assert.ok(Number(eval_accuracy) >= 0 && Number(eval_accuracy) <= 1);
  }
  const state = JSON.parse(await readFile(join(output_dir, 'trainer_state.json'), 'utf8'));
  assert.equal(state.best_metric, Math.min(...evaluations.map(({ eval_perplexity }) => Number(eval_perplexity))));
});

test('the same text is tokenized once; a changed byte, setting or tokenizer is another text', async (t) => {
  const folder = await temporaryFolder(t);
  const model = await tinyModel(folder, 0);
  const train_file = await sentences(folder, 33);
  let runs = 0;
  const run = async (more: Record<string, unknown> = {}) => {
    const { log, messages } = await record(
      argumentsOf({
        model_name_or_path: model,
        train_file,
        validation_split_percentage: 20,
        eval_strategy: 'epoch',
        num_train_epochs: 1,
        logging_steps: 1,
        save_strategy: 'no',
        output_dir: join(folder, `run-${runs++}`),
        ...more,
      }),
    );
    return { log: timeless(log), isReused: /tokenized by an earlier run/.test(messages.join('\n')) };
  };
  const first = await run();
  assert.equal(first.isReused, false);
  const second = await run();
  assert.equal(second.isReused, true);
  assert.deepEqual(second.log, first.log);
  assert.equal((await run({ max_seq_length: 20 })).isReused, false);
  assert.equal((await run({ line_by_line: false })).isReused, false);
  assert.equal((await run({ whole_word_mask: true })).isReused, false);
  const anew = await run({ overwrite_cache: true });
  assert.equal(anew.isReused, false);
  assert.deepEqual(anew.log, first.log);

  const text = await readFile(train_file, 'utf8');
  await writeFile(train_file, text.replace('table', 'cable'));
  assert.equal((await run()).isReused, false);
  await writeFile(train_file, text);
  assert.equal((await run()).isReused, true);
  const tokenizer = join(model, 'tokenizer.json');
  await writeFile(tokenizer, (await readFile(tokenizer, 'utf8')).replace('"lowercase": true', '"lowercase": false'));
  assert.equal((await run()).isReused, false);
});

test('export_onnx leaves the trained model as ONNX too; that it cannot be written costs nothing of the run', async (t) => {
  const folder = await temporaryFolder(t);
  const common = {
    model_name_or_path: await tinyModel(folder, 0),
    train_file: await sentences(folder, 16),
    max_steps: 2,
    save_strategy: 'no',
    export_onnx: true,
  };
  const output = join(folder, 'run');
  const { outcome, messages } = await record(argumentsOf({ ...common, output_dir: output }));
  assert.equal(outcome, 'finished');
  assert.deepEqual((await readdir(join(output, 'onnx'))).sort(), ['model.onnx', 'model_quantized.onnx']);
  assert.match(messages.join('\n'), /Exported .*model_quantized\.onnx/);

  // what the exported bias says is what was trained and saved
  const bias = 'cls.predictions.bias';
  const model = await loadMaskedLM(output, { train: false });
  const saved = model.parameters.find(({ name }) => name === bias)?.data ?? new Float32Array();
  const exported = readModel(join(output, 'onnx', 'model.onnx')).initializers.get(bias)?.bytes;
  assert.deepEqual(exported, new Uint8Array(saved.buffer, saved.byteOffset, saved.byteLength));

  await record(argumentsOf({ ...common, export_onnx: false, overwrite_output_dir: true, output_dir: output }));
  assert.deepEqual(await readdir(join(output, 'onnx')), [], 'other weights than those beside it');

  const blocked = join(folder, 'blocked');
  await mkdir(blocked);
  await writeFile(join(blocked, 'onnx'), 'a file where the folder would be');
  const second = await record(argumentsOf({ ...common, output_dir: blocked }));
  assert.equal(second.outcome, 'finished');
  assert.match(second.messages.join('\n'), /saved, but not exported to ONNX: .*onnx cannot be made \(EEXIST\)/);
  assert.ok((await readdir(blocked)).includes('all_results.json'));
});

test('trains on a folder of shards as on one file of their lines', async (t) => {
  const folder = await temporaryFolder(t);
  const whole = await sentences(folder, 40);
  const shards = join(folder, 'shards');
  await mkdir(shards);
  const lines = (await readFile(whole, 'utf8')).split('\n');
  for (const [i, from] of [0, 15, 30].entries()) {
    await writeFile(join(shards, `part-${i}.txt`), `${lines.slice(from, Math.min(from + 15, 40)).join('\n')}\n`);
  }
  const model_name_or_path = await tinyModel(folder, 0);
  const run = async (train_file: string, name: string) => {
    const common = { model_name_or_path, train_file, validation_split_percentage: 20, max_steps: 4, logging_steps: 1 };
    return timeless(
      (await record(argumentsOf({ ...common, save_strategy: 'no', output_dir: join(folder, name) }))).log,
    );
  };
  assert.deepEqual(await run(shards, 'a'), await run(whole, 'b'));
});
