// What somebody brings from Python is taken as it is meant there, or refused with the reason.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { OTHER_ARGUMENTS } from '../../src/protocol/other-arguments.ts';
import { resolveArguments } from '../../src/protocol/resolve-arguments.ts';
import { TRAINING_ARGUMENTS } from '../../src/protocol/training-arguments.ts';

const { defaults } = JSON.parse(
  await readFile(new URL('../parity/training-arguments.json', import.meta.url), 'utf8'),
) as { defaults: Record<string, string | number | boolean | null> };

const resolve = (given: Record<string, unknown>) => resolveArguments({ train_file: 'text.txt', ...given });
const refusal = (given: Record<string, unknown>) =>
  resolve(given)
    .errors?.map(({ message }) => message)
    .join(' ') ?? '';

test('every argument of TrainingArguments is taken at its default, and ours have the same defaults', () => {
  const { args } = resolve({});
  // asks run_mlm.py for what this command always does
  const { do_train: _, ...rest } = defaults;
  for (const [name, value] of Object.entries(rest)) {
    assert.equal(refusal({ [name]: value }), '', name);
    const ours = TRAINING_ARGUMENTS.find((spec) => spec.name === name);
    if (ours && name !== 'output_dir') assert.equal(args?.[name as keyof typeof args], value, name);
  }
});

test('no argument has two meanings', () => {
  const names = [
    ...TRAINING_ARGUMENTS.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
    ...OTHER_ARGUMENTS.map(({ name }) => name),
  ];
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test('names of 4.x mean what they meant', () => {
  assert.equal(resolve({ evaluation_strategy: 'epoch' }).args?.eval_strategy, 'epoch');
  assert.equal(resolve({ warmup_ratio: '0.1' }).args?.warmup_ratio, 0.1);
  assert.equal(resolve({ group_by_length: true }).args?.train_sampling_strategy, 'group_by_length');
  assert.equal(refusal({ no_cuda: true, save_safetensors: true, logging_dir: 'runs' }), '');
});

test('what cannot be had is refused with the reason', () => {
  assert.match(refusal({ fp16: 'true' }), /fp16 can only be false here\. Cloze trains in float32\./);
  assert.match(refusal({ bf16: true }), /float32/);
  assert.match(refusal({ optim: 'adafactor' }), /AdamW/);
  assert.match(refusal({ deepspeed: 'ds.json' }), /deepspeed is not supported\. Cloze trains on one machine/);
  assert.match(refusal({ report_to: 'wandb' }), /monitor/);
  assert.match(refusal({ dataset_name: 'imdb' }), /train_file/);
  assert.match(refusal({ learnin_rate: 1 }), /no argument learnin_rate\. Did you mean learning_rate\?/);
});

test('a config without a model asks for a new one; with a model it is its config', () => {
  assert.equal(resolve({}).args?.model_name_or_path, 'bundled');
  assert.equal(resolve({ config_name: 'conf' }).args?.model_name_or_path, null);
  assert.equal(resolve({ config_name: 'conf', model: 'bert' }).args?.model_name_or_path, 'bert');
});
