// What differentiate() promises beside its rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import type { Graph } from '../../src/onnx/graph.ts';
import { Session, type Tensor } from '../../src/session/session.ts';

async function gradients(graph: Graph, loss: string, feeds: Readonly<Record<string, Tensor>>, wrt: readonly string[]) {
  const { graph: whole, gradients: names } = differentiate(graph, { loss, wrt });
  const build = new GraphBuilder(whole);
  for (const name of names.values()) build.output(name);
  const session = await Session.create(build.build(), { threads: 1 });
  const results = await session.run(feeds);
  await session.release();
  const numbers = (name: string) => results[names.get(name) as string]?.data ?? [];
  return Object.fromEntries(wrt.map((name) => [name, Array.from(numbers(name), Number)]));
}
const f32 = (shape: number[], ...values: number[]): Tensor => ({ data: Float32Array.from(values), shape });

test('broadcasting is undone even where not so much as the rank is known', async () => {
  const build = new GraphBuilder();
  build.input('x', 'float32', ['a', 'b']);
  build.input('shape', 'int64', [null]);
  build.input('b', 'float32', [null, 'c']);
  const shaped = build.op('Reshape', ['x', 'shape']);
  const sum = build.op('Add', [shaped, 'b']);
  const loss = build.op('ReduceSum', [build.op('Mul', [sum, sum])], { keepdims: 0 });
  build.output(loss);
  const feeds = {
    x: f32([2, 2], 1, 2, 3, 4),
    shape: { data: BigInt64Array.of(2n, 1n, 2n), shape: [3] },
    b: f32([1, 2], 10, 20),
  };
  const found = await gradients(build.build(), loss, feeds, ['x', 'b']);
  // d/dx (x + b)² = 2 (x + b); b met both rows
  assert.deepEqual(found, { x: [22, 44, 26, 48], b: [48, 92] });
});

test('a value that the loss does not depend on has a gradient of zeros', async () => {
  const build = new GraphBuilder();
  build.input('x', 'float32', [2]);
  build.input('idle', 'float32', ['n']);
  build.op('Exp', ['idle']);
  const loss = build.op('ReduceSum', ['x'], { keepdims: 0 });
  build.output(loss);
  const found = await gradients(build.build(), loss, { x: f32([2], 1, 2), idle: f32([3], 1, 2, 3) }, ['x', 'idle']);
  assert.deepEqual(found, { x: [1, 1], idle: [0, 0, 0] });
});

test('gradients of values in between, and of weights that are constants of the graph', async () => {
  const build = new GraphBuilder();
  build.input('x', 'float32', [2]);
  const weight = build.constant('float32', [2], [3, 4]);
  const inner = build.op('Mul', ['x', weight]);
  const loss = build.op('ReduceSum', [build.op('Mul', [inner, inner])], { keepdims: 0 });
  build.output(loss);
  const found = await gradients(build.build(), loss, { x: f32([2], 1, 2) }, [inner, weight, 'x']);
  assert.deepEqual(found, { [inner]: [6, 16], [weight]: [6, 32], x: [18, 64] });
});

test('a loss may be the input itself', async () => {
  const build = new GraphBuilder();
  build.input('x', 'float32', [1]);
  build.output(build.op('Identity', ['x']));
  assert.deepEqual(await gradients(build.build(), 'x', { x: f32([1], 5) }, ['x']), { x: [1] });
});

test('the given graph is left as it was', () => {
  const build = new GraphBuilder();
  build.input('x', 'float32', [2, 3]);
  build.input('w', 'float32', [3]);
  const y = build.op('LayerNormalization', ['x', 'w', 'w']);
  const loss = build.op('ReduceSum', [y], { keepdims: 0 });
  build.output(loss);
  const graph = build.build();
  const nodes = JSON.stringify(graph.nodes);
  const inputs = graph.nodes.length;
  differentiate(graph, { loss, wrt: ['x', 'w'] });
  assert.equal(graph.nodes.length, inputs);
  assert.equal(JSON.stringify(graph.nodes), nodes);
});
