// The engine as the extension host runs it: its own process, asked over IPC, killed, cancelled, started again.
import assert from 'node:assert/strict';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packageRoot } from '../../src/base/package-root.ts';
import { ENGINE_STOPPED, type EngineClient } from '../../src/host/engine-client.ts';
import { DEFAULT_MASKING, type MaskingTable } from '../../src/protocol/masking.ts';
import type { RemoteError } from '../../src/protocol/rpc.ts';
import { buildEngine, type TestEngine } from './support.ts';

const root = packageRoot();
const model = join(root, 'media/model');
const book = {
  model,
  text: 'transformers are awesome!',
  masking: { ...DEFAULT_MASKING, seed: 3, stream: 'numpy' },
} as const;

const positionsOf = (table: MaskingTable) =>
  table.columns.flatMap(({ label }, position) => (label === -100 ? [] : [{ position, trueId: label }]));

describe('the engine process', () => {
  let built: TestEngine;
  let engine: EngineClient;

  before(async () => {
    built = await buildEngine();
    engine = built.engine;
  });
  after(() => built?.dispose());

  it('starts on the first request and lists the bundled model', async () => {
    assert.equal(engine.pid, undefined);
    const models = await engine.call('models.list', { folders: [] });
    assert.deepEqual(models[0], {
      path: model,
      label: models[0]?.label,
      source: 'bundled',
      modelType: 'bert',
      canPredict: true,
    });
    assert.ok(engine.pid);
  });

  it('masks the book’s sentence as Python does', async () => {
    const { columns } = await engine.call('masking.inspect', book);
    assert.deepEqual(
      columns.map((column) => column.inputId),
      [101, 19081, 2024, 12476, 999, 102],
    );
    assert.deepEqual(
      columns.map((column) => column.maskedInputId),
      [101, 19081, 2024, 12476, 103, 102],
    );
    assert.deepEqual(
      columns.map((column) => column.label),
      [-100, -100, -100, -100, 999, -100],
    );
  });

  it('predicts at the chosen positions, in order of probability', async () => {
    const table = await engine.call('masking.inspect', book);
    const progress: number[] = [];
    const { predictions, meanLoss } = await engine.call(
      'masking.predict',
      { model, inputIds: table.columns.map((column) => column.maskedInputId), positions: positionsOf(table), topK: 5 },
      { onProgress: ({ done }) => progress.push(done) },
    );
    const [prediction] = predictions;
    assert.equal(predictions.length, 1);
    assert.equal(prediction?.position, 4);
    const scores = prediction?.top.map(({ score }) => score) ?? [];
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
    assert.equal(scores.length, 5);
    assert.equal(meanLoss, prediction?.loss);
    const nth = prediction?.top.findIndex(({ id }) => id === 999) ?? -1;
    // the true token's rank, loss and probability are three views of the same logits
    if (nth >= 0) {
      assert.equal(prediction?.rank, nth + 1);
      assert.ok(Math.abs(Math.exp(-meanLoss) - (scores[nth] ?? 0)) < 1e-9);
    }
    assert.deepEqual(progress, [1]);
  });

  it('says what is wrong with a model folder', async () => {
    const missing = engine.call('masking.inspect', { ...book, model: join(built.folder, 'nowhere') });
    await assert.rejects(missing, (error: RemoteError) => error.code === 'not-found' && Boolean(error.wayOut));
    await writeFile(join(built.folder, 'tokenizer.json'), '{"model": ');
    const damaged = engine.call('masking.inspect', { ...book, model: built.folder });
    await assert.rejects(
      damaged,
      (error: RemoteError) => /tokenizer\.json/.test(error.message) && Boolean(error.wayOut),
    );
  });

  it('exports a model folder, tells how far it is, and can be stopped', async () => {
    const own = join(built.folder, 'own');
    await cp(join(root, 'test/parity/models/bert'), own, { recursive: true });
    const told: { share: number; file: string }[] = [];
    const onProgress = (progress: { share: number; file: string }) => void told.push(progress);
    const { files, notes } = await engine.call('model.export', { folder: own }, { onProgress });
    assert.deepEqual(
      files.map(({ path }) => path),
      [join(own, 'onnx/model.onnx'), join(own, 'onnx/model_quantized.onnx')],
    );
    assert.deepEqual(notes, []);
    assert.deepEqual([...new Set(told.map(({ file }) => file))], ['the weights', 'model.onnx', 'model_quantized.onnx']);
    assert.equal(told.at(-1)?.share, 1);

    await rm(join(own, 'onnx'), { recursive: true });
    const controller = new AbortController();
    const cancelled = engine.call(
      'model.export',
      { folder: own },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    await assert.rejects(cancelled, (error: RemoteError) => error.code === 'cancelled');
    const nowhere = engine.call('model.export', { folder: join(built.folder, 'nowhere') });
    await assert.rejects(nowhere, (error: RemoteError) => error.code === 'not-found' && Boolean(error.wayOut));
  });

  it('rejects a cancelled request and goes on', async () => {
    const controller = new AbortController();
    const call = engine.call('masking.inspect', book, { signal: controller.signal });
    controller.abort();
    await assert.rejects(call, (error: RemoteError) => error.code === 'cancelled');
    assert.equal((await engine.call('masking.inspect', book)).columns.length, 6);
  });

  it('killed, rejects what was asked and starts anew at the next request', async () => {
    const pid = engine.pid as number;
    const call = engine.call('masking.inspect', { ...book, text: 'word '.repeat(100_000) });
    process.kill(pid, 'SIGKILL');
    await assert.rejects(call, (error: RemoteError) => {
      assert.equal(error.code, ENGINE_STOPPED);
      assert.match(error.message, /SIGKILL/);
      return true;
    });
    assert.equal((await engine.call('masking.inspect', book)).columns.length, 6);
    assert.notEqual(engine.pid, pid);
    assert.ok(
      built.lines.some((line) => line.includes('SIGKILL')),
      'the log tells of it',
    );
  });

  it('ends with its host', async () => {
    const pid = engine.pid as number;
    engine.dispose();
    for (let alive = true; alive; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      try {
        process.kill(pid, 0);
      } catch {
        alive = false;
      }
    }
    await assert.rejects(engine.call('models.list', { folders: [] }), /shutting down/);
  });
});
