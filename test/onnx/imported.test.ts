// Files that Python's onnx package wrote (imported/make.py): read, run, differentiated, refused.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { decodeModel } from '../../src/onnx/decode.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { readModel } from '../../src/onnx/read-model.ts';
import { Session, type Tensor } from '../../src/session/session.ts';
import { assertClose } from '../models/support.ts';

const folder = join(fileURLToPath(import.meta.url), '../imported');
interface Expected {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}
const { feeds, ...expected } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as {
  readonly feeds: { readonly ids: number[][]; readonly labels: number[] };
} & Record<string, Expected>;
const inputs = {
  ids: { data: BigInt64Array.from(feeds.ids.flat(), BigInt), shape: [3, 4] },
  labels: { data: BigInt64Array.from(feeds.labels, BigInt), shape: [3] },
};

for (const [name, { loss, gradients }] of Object.entries(expected) as [string, Expected][]) {
  const wrt = Object.keys(gradients);
  test(`${name}: loss and gradients are those of Python`, async () => {
    const { graph, gradients: found } = differentiate(readModel(join(folder, name)), { loss: 'loss', wrt });
    const build = new GraphBuilder(graph);
    for (const value of found.values()) build.output(value);
    const session = await Session.create(build.build(), { threads: 1 });
    const results = await session.run(inputs);
    assertClose('loss', [Number(results.loss?.data[0])], [loss], 1e-5, 0);
    for (const weight of wrt) {
      const actual = results[found.get(weight) as string] as Tensor;
      assertClose(weight, [...(actual.data as Float32Array)], gradients[weight] as number[], 1e-3, 2e-6);
    }
    await session.release();
  });
}

test('written and read again, a graph is the same', () => {
  const graph = readModel(join(folder, 'classifier-opset17.onnx'));
  assert.deepEqual(decodeModel(encodeModel(graph), { place: 'again' }), graph);
});

test('an operator without a rule is refused by name, but only between weights and loss', () => {
  const build = new GraphBuilder();
  build.input('x', 'float32', [2, 2]);
  build.input('w', 'float32', [2, 2]);
  const strange = build.op('Det', ['x']);
  const product = build.op('Mul', ['w', strange]);
  const loss = build.op('ReduceSum', [product], { keepdims: 0 });
  const doubled = build.op('Add', ['w', 'w']);
  build.output(loss);
  const graph = build.build();
  assert.doesNotThrow(() => differentiate(graph, { loss, wrt: ['w'] }));
  assert.throws(() => differentiate(graph, { loss, wrt: ['x'] }), /no gradient rule for the operator Det/);
  assert.throws(() => differentiate(graph, { loss, wrt: ['y'] }), /no value named y/);
  assert.throws(() => differentiate(graph, { loss: doubled, wrt: ['w'] }), /has to be one number/);
});

test('a body that takes weights from outside does not lose their gradient silently', () => {
  const inside = new GraphBuilder();
  const doubled = inside.op('Add', ['w', 'w']);
  inside.output(doubled);
  const body = { ...inside.build(), opsets: new Map() };
  const build = new GraphBuilder();
  build.input('w', 'float32', [2]);
  build.input('condition', 'bool', []);
  const branch = { type: 'graph', value: body } as const;
  const chosen = build.op('If', ['condition'], { then_branch: branch, else_branch: branch });
  const loss = build.op('ReduceSum', [chosen], { keepdims: 0 });
  build.output(loss);
  assert.throws(() => differentiate(build.build(), { loss, wrt: ['w'] }), /operator If/);
});

test('weights outside the folder, cut short or not there are refused', () => {
  const copy = mkdtempSync(join(tmpdir(), 'cloze-onnx-'));
  const model = join(copy, 'model.onnx');
  const weights = 'classifier-opset20.weights';
  const bytes = readFileSync(join(folder, 'classifier-opset20.onnx'));
  writeFileSync(model, bytes);
  assert.throws(() => readModel(model), /which is not there/);
  const whole = readFileSync(join(folder, weights));
  writeFileSync(join(copy, weights), whole.subarray(0, 300));
  assert.throws(() => readModel(model), /asks for bytes \d+ to \d+ .* which has 300/);
  rmSync(join(copy, weights));
  symlinkSync(join(folder, weights), join(copy, weights));
  assert.throws(() => readModel(model), /outside its own folder/);
  rmSync(join(copy, weights));
  // the same length of name, so that the protobuf stays whole
  const other = '../../../../../etc/hostname'.slice(0, weights.length).padEnd(weights.length, 'x');
  writeFileSync(model, Buffer.from(bytes.toString('latin1').replaceAll(weights, other), 'latin1'));
  assert.throws(() => readModel(model), /outside its own folder/);
  cpSync(join(folder, weights), join(copy, 'unused'));
  rmSync(copy, { recursive: true });
});

test('files that are no models say so', () => {
  const read = (bytes: Uint8Array) => () => decodeModel(bytes, { place: 'x.onnx' });
  assert.throws(read(Buffer.from('<html>not found</html>')), /x\.onnx is not an ONNX model/);
  assert.throws(read(new Uint8Array(0)), /holds no graph/);
  const good = readFileSync(join(folder, 'classifier-opset17.onnx'));
  assert.throws(read(good.subarray(0, good.length - 100)), /x\.onnx/);
});
