// cloze export as a process: the files it names, and its errors.
import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readModel } from '../../src/onnx/read-model.ts';
import { CommandLine, MODEL } from './support.ts';

test('a model goes to a folder of its own, complete for transformers.js', async (t) => {
  const cloze = await CommandLine.inFolder();
  t.after(() => cloze.dispose());
  const output = join(cloze.folder, 'out');
  const { code, stdout, stderr } = await cloze.run(['export', MODEL, '--output', output]);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /onnx\/model\.onnx {2}421 kB\n.*onnx\/model_quantized\.onnx {2}141 kB\n$/);
  assert.deepEqual((await readdir(output)).sort(), ['config.json', 'onnx', 'tokenizer.json', 'tokenizer_config.json']);
  const { outputs } = readModel(join(output, 'onnx', 'model.onnx'));
  assert.deepEqual(
    outputs.map(({ name, shape }) => [name, shape]),
    [['logits', ['batch_size', 'sequence_length', 800]]],
  );

  // again, one type only: the other file stays as it is
  const before = await stat(join(output, 'onnx', 'model.onnx'));
  const again = await cloze.run(['export', MODEL, '--output', output, '--dtype', 'q8']);
  assert.equal(again.code, 0, again.stderr);
  assert.doesNotMatch(again.stdout, /model\.onnx/);
  assert.equal((await stat(join(output, 'onnx', 'model.onnx'))).mtimeMs, before.mtimeMs);
});

test('a model that is kept as it came, an unknown type and a folder without a model are told plainly', async (t) => {
  const cloze = await CommandLine.inFolder();
  t.after(() => cloze.dispose());
  const failed = async (flags: string[], code: number, message: RegExp) => {
    const ended = await cloze.run(['export', ...flags]);
    assert.equal(ended.code, code);
    assert.match(ended.stderr, message);
    assert.equal(ended.stdout, '');
  };
  await failed(['bundled'], 1, /nothing is written into .*model\. Say where with --output\./);
  await failed([MODEL, '--dtype', 'fp32,q4'], 1, /--dtype is one of fp32, q8, not "q4"/);
  await failed([cloze.folder], 1, /holds no config\.json/);
  await failed([], 2, /missing required argument 'model'/);
});
