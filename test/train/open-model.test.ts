// What a run may start from: a config alone, another config, a tokenizer with more tokens; and what of it is frozen.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadMaskedLM } from '../../src/models/load.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { argumentsOf, record, sentences, temporaryFolder, tinyModel } from './support.ts';

const short = {
  validation_split_percentage: 0,
  max_steps: 6,
  logging_steps: 1,
  save_strategy: 'no',
  learning_rate: 1e-3,
};

/** The tokenizer of `model` with `tokens` added at the end, as tokenizer.add_tokens saves it. */
async function withMoreTokens(model: string, folder: string, tokens: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) await cp(join(model, name), join(folder, name));
  const path = join(folder, 'tokenizer.json');
  const json = JSON.parse(await readFile(path, 'utf8'));
  const size = Object.keys(json.model.vocab).length;
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: true, special: false };
  for (const [i, content] of tokens.entries()) json.added_tokens.push({ id: size + i, content, ...flags });
  await writeFile(path, JSON.stringify(json));
  return folder;
}

test('a config and a tokenizer make a new model, the same for the same seed, which learns', async (t) => {
  const folder = await temporaryFolder(t);
  const model = await tinyModel(folder, 0.1);
  const tokenizer = await withMoreTokens(model, join(folder, 'tokenizer'), []);
  const run = (name: string, seed: number, config_name: string) =>
    record(
      argumentsOf({
        ...short,
        max_steps: 40,
        config_name,
        tokenizer_name: tokenizer,
        train_file: path,
        seed,
        output_dir: join(folder, name),
      }),
    );
  const path = await sentences(folder, 40);
  await rm(join(model, 'model.safetensors'));
  const first = await run('first', 1, model);
  const again = await run('again', 1, join(model, 'config.json'));
  const other = await run('other', 2, model);
  const losses = ({ log }: typeof first) => log.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  assert.deepEqual(losses(first), losses(again));
  assert.notEqual(losses(first)[0], losses(other)[0]);
  const { vocab_size } = JSON.parse(await readFile(join(model, 'config.json'), 'utf8'));
  // nothing is known at first: every token is as likely as any other
  assert.ok(Math.abs((losses(first)[0] as number) - Math.log(vocab_size)) < 0.2, `${losses(first)[0]}`);
  assert.ok((losses(first).at(-1) as number) < (losses(first)[0] as number) - 1, `${losses(first).at(-1)}`);
});

test('a new model without a tokenizer is refused with the way out', async (t) => {
  const folder = await temporaryFolder(t);
  const model = await tinyModel(folder, 0);
  const args = argumentsOf({
    ...short,
    config_name: join(model, 'config.json'),
    train_file: await sentences(folder, 8),
    output_dir: join(folder, 'run'),
  });
  await assert.rejects(record(args), /needs a tokenizer/);
});

test('embeddings grow with the tokenizer: new rows are the mean of the old, old ones stay', async (t) => {
  const folder = await temporaryFolder(t);
  const model = await tinyModel(folder, 0);
  const tokenizer_name = await withMoreTokens(model, join(folder, 'tokenizer'), ['cloze', 'qubit']);
  const tokenizer = await loadTokenizer(tokenizer_name);
  const before = await loadMaskedLM(model, { train: false });
  const grown = await loadMaskedLM(model, { train: false, tokens: tokenizer.size });
  const old = before.vocabSize;
  assert.equal(grown.vocabSize, Math.max(old, tokenizer.size));
  assert.ok(grown.vocabSize > old, 'the fixture’s vocabulary fills its embeddings');
  for (const [i, { name, data, shape }] of grown.parameters.entries()) {
    const was = before.parameters[i]?.data ?? assert.fail(name);
    assert.deepEqual(data.subarray(0, was.length), was, name);
    const width = shape[1] ?? 1;
    for (let at = was.length; at < data.length; at++) {
      const column = was.filter((_, k) => k % width === at % width);
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      assert.ok(Math.abs((data[at] as number) - mean) < 1e-7, `${name} ${at}: ${data[at]}, mean ${mean}`);
    }
  }
  await before.release();
  await grown.release();

  const path = join(folder, 'new-words.txt');
  await writeFile(path, 'the cloze of a qubit\n'.repeat(16));
  const output_dir = join(folder, 'run');
  const { messages } = await record(
    argumentsOf({ ...short, model_name_or_path: model, tokenizer_name, train_file: path, output_dir }),
  );
  assert.match(messages.join('\n'), /it grows/);
  const config = JSON.parse(await readFile(join(output_dir, 'config.json'), 'utf8'));
  assert.equal(config.vocab_size, tokenizer.size);
  const trained = await loadMaskedLM(output_dir, { train: false, tokens: tokenizer.size });
  assert.deepEqual(trained.notes, []);
  await trained.release();
});

test('freeze: its parameters stay to the last bit, over a resume too; a pattern for none or all is refused', async (t) => {
  const folder = await temporaryFolder(t);
  const model = await tinyModel(folder, 0.1);
  const common = { ...short, model_name_or_path: model, train_file: await sentences(folder, 40) };
  const output_dir = join(folder, 'run');
  const args = argumentsOf({ ...common, freeze: String.raw`embeddings|layer\.0\.`, output_dir });
  await record(args, (step) => (step === 3 ? 'pause' : null));
  const { log } = await record({ ...args, resume_from_checkpoint: 'true' });
  assert.equal(log.at(-1)?.step, 6);
  const before = await loadMaskedLM(model, { train: false });
  const after = await loadMaskedLM(output_dir, { train: false });
  for (const [i, { name, data }] of after.parameters.entries()) {
    const isSame = data.every((value, k) => value === before.parameters[i]?.data[k]);
    assert.equal(isSame, /embeddings|layer\.0\./.test(name), name);
  }
  await before.release();
  await after.release();
  const refused = (freeze: string) => record(argumentsOf({ ...common, freeze, output_dir: join(folder, 'none') }));
  await assert.rejects(refused('layer[.]99'), /finds no parameter/);
  await assert.rejects(refused('.'), /nothing is left to train/);
  assert.throws(() => argumentsOf({ ...common, freeze: '(' }), /no regular expression/);
});

test('a model with an output layer of its own is refused', async (t) => {
  const folder = await temporaryFolder(t);
  const model = await tinyModel(folder, 0);
  const path = join(model, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...config, tie_word_embeddings: false }));
  await assert.rejects(loadMaskedLM(model, { train: false }), /tie_word_embeddings is false/);
});
