// Sessions: outputs into given arrays, and errors that a user can read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClozeError } from '../../src/base/errors.ts';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { Session } from '../../src/session/session.ts';

function addition(): GraphBuilder {
  const build = new GraphBuilder();
  build.input('a', 'float32', ['n']);
  build.input('b', 'float32', [1]);
  build.output(build.op('Add', ['a', 'b']));
  return build;
}
const list = (...values: number[]) => ({ data: Float32Array.from(values), shape: [values.length] });

test('an output lands in the array that was given for it', async () => {
  const session = await Session.create(addition().build(), { threads: 1 });
  const [name] = session.outputNames as [string];
  const into = list(0, 0);
  await session.run({ a: list(1, 2), b: list(10) }, { [name]: into });
  assert.deepEqual([...into.data], [11, 12]);
  const fresh = await session.run({ a: list(1, 2, 3), b: list(1) });
  assert.deepEqual([...(fresh[name]?.data ?? [])], [2, 3, 4]);
  assert.deepEqual(fresh[name]?.shape, [3]);
  await session.release();
});

test('inputs are read where they lie: a weight changed between runs counts', async () => {
  const session = await Session.create(addition().build(), { threads: 1 });
  const feeds = { a: list(1), b: list(1) };
  const [name] = session.outputNames as [string];
  await session.run(feeds);
  feeds.b.data[0] = 5;
  assert.deepEqual([...((await session.run(feeds))[name]?.data ?? [])], [6]);
  await session.release();
});

test('what ONNX Runtime refuses comes as an error of ours, without its source places', async () => {
  const clear = (what: RegExp) => (error: unknown) => {
    assert.ok(error instanceof ClozeError);
    assert.match(error.message, what);
    assert.doesNotMatch(error.message, /\/onnxruntime\/|\.cc:/);
    return true;
  };
  const broken = new GraphBuilder();
  broken.input('a', 'float32', [1]);
  broken.output(broken.op('NoSuchOperator', ['a']));
  await assert.rejects(Session.create(broken.build()), clear(/graph "cloze" could not be loaded: .*NoSuchOperator/s));
  await assert.rejects(Session.create(Buffer.from('nonsense')), clear(/The model could not be loaded/));
  const session = await Session.create(addition().build(), { threads: 1 });
  await assert.rejects(session.run({ a: list(1), b: list(1, 2) }), clear(/could not be run/));
  await assert.rejects(session.run({ a: list(1) }), clear(/could not be run: .*'?b'?/));
  await session.release();
});
