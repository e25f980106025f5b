// .onnx files of any origin, read where they lie: weights inside, weights beside, broken ones.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspectModel } from '../../src/inspect/model-report.ts';
import { openTensors } from '../../src/inspect/tensor-files.ts';
import { readModel } from '../../src/onnx/read-model.ts';
import { elementCount } from '../../src/onnx/tensor.ts';

const imported = (name: string) => fileURLToPath(new URL(`../onnx/imported/${name}`, import.meta.url));

for (const name of ['classifier-opset13.onnx', 'classifier-opset17.onnx', 'classifier-opset20.onnx']) {
  test(`${name}: the same weights as the whole reader finds, byte for byte`, async () => {
    const graph = readModel(imported(name));
    const files = await openTensors(imported(name));
    try {
      assert.deepEqual(files.tensors.map((tensor) => tensor.name).sort(), [...graph.initializers.keys()].sort());
      for (const tensor of files.tensors) {
        const whole = graph.initializers.get(tensor.name) ?? assert.fail();
        assert.deepEqual(tensor.shape, whole.shape);
        assert.equal(tensor.bytes, whole.bytes.length);
        if (whole.dtype !== 'float32') continue;
        const read = await tensor.read(0, elementCount(tensor.shape));
        assert.deepEqual(Buffer.from(read.buffer), Buffer.from(whole.bytes));
      }
      const { onnx } = files;
      assert.deepEqual(
        onnx?.inputs.map((value) => value.name),
        graph.inputs.map((value) => value.name),
      );
      assert.deepEqual(
        onnx?.outputs.map((value) => value.name),
        graph.outputs.map((value) => value.name),
      );
      assert.equal(onnx?.opsets[0]?.version, graph.opsets.get(''));
      assert.equal(
        onnx?.operators.reduce((sum, { count }) => sum + count, 0),
        graph.nodes.length,
      );
      const gemm = graph.nodes.filter(({ opType }) => opType === 'MatMul').length;
      assert.equal(onnx?.operators.find((one) => one.name === 'MatMul')?.count ?? 0, gemm);
    } finally {
      await files.close();
    }
  });
}

test('weights beside the model stay in its folder, and must be whole', async (t) => {
  const folder = await temporary(t);
  const model = join(folder, 'model.onnx');
  const weights = 'classifier-opset20.weights';
  await cp(imported('classifier-opset20.onnx'), model);
  await assert.rejects(inspectModel(model), /needs .*classifier-opset20\.weights, which is not there/);
  const bytes = await readFile(imported(weights));
  await writeFile(join(folder, weights), bytes.subarray(0, 100));
  await assert.rejects(inspectModel(model), /asks for bytes .* which has 100/);
  // the same length, elsewhere
  const text = await readFile(model, 'latin1');
  await writeFile(model, text.replaceAll(weights, `../${'x'.repeat(weights.length - 3)}`), 'latin1');
  await assert.rejects(inspectModel(model), /outside its own folder/);
});

test('what is no ONNX model, or half of one, is refused in words', async (t) => {
  const folder = await temporary(t);
  const path = join(folder, 'broken.onnx');
  const whole = await readFile(imported('classifier-opset17.onnx'));
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('{"no": "model"}'),
    Buffer.alloc(5000, 0xff),
    whole.subarray(0, whole.length / 2),
    Buffer.concat([Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f]), whole]),
  ]) {
    await writeFile(path, bytes);
    await assert.rejects(inspectModel(path), (error: { code?: string }) => error.code === 'bad-input');
  }
  await assert.rejects(inspectModel(`${folder}/none.onnx`), /There is no/);
});

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-onnx-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
