// model.* of the engine process: a huge file in little memory, cancelled at once, while other questions are answered.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EngineClient } from '../../src/host/engine-client.ts';
import type { TensorStatistics } from '../../src/protocol/model.ts';
import { fixtureFolder } from '../models/support.ts';
import { buildEngine, type TestEngine } from './support.ts';

describe('the engine on models', () => {
  let built: TestEngine;
  let engine: EngineClient;
  let folder: string;
  before(async () => {
    built = await buildEngine();
    engine = built.engine;
    folder = await mkdtemp(join(tmpdir(), 'cloze-model-'));
  });
  after(async () => {
    await built?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('tells the outline first, then every tensor’s numbers, from where it is asked to', async () => {
    const path = fixtureFolder('bert');
    const outline = await engine.call('model.outline', { path });
    assert.ok(outline.usable && outline.head && outline.tied);
    assert.equal(outline.embedding, 'bert.embeddings.word_embeddings.weight');
    const read = async (from: number) => {
      const found: TensorStatistics[] = [];
      await engine.call('model.statistics', { path, from }, { onProgress: ({ tensors }) => found.push(...tensors) });
      return found;
    };
    const all = await read(0);
    assert.deepEqual(
      all.map(({ index }) => index),
      [...outline.tensors.keys()],
    );
    for (const { index, histogram, nan, inf } of all) {
      const numbers = outline.tensors[index]?.shape.reduce((product, size) => product * size, 1);
      assert.equal(
        histogram?.counts.reduce((sum, count) => sum + count, 0),
        (numbers ?? 0) - nan - inf,
      );
    }
    assert.deepEqual(await read(50), all.slice(50));
  });

  it('reads 10 GB of which it holds little, answers meanwhile, and stops when told', async () => {
    const path = join(folder, 'huge.safetensors');
    const count = 40;
    const bytes = 2 ** 28;
    const header: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      header[`layer.${i}.weight`] = {
        dtype: 'F16',
        shape: [bytes / 2 / 1024, 1024],
        data_offsets: [i * bytes, (i + 1) * bytes],
      };
    }
    const json = Buffer.from(JSON.stringify(header));
    const file = await open(path, 'w');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    await file.write(Buffer.concat([length, json]), 0, 8 + json.length, 0);
    // a hole in the file: no disk is used
    await file.truncate(8 + json.length + count * bytes);
    await file.close();

    const outline = await engine.call('model.outline', { path });
    assert.equal(outline.parameters, (count * bytes) / 2);
    const stop = new AbortController();
    const found: TensorStatistics[] = [];
    const reading = engine.call(
      'model.statistics',
      { path, from: 0 },
      {
        signal: stop.signal,
        onProgress: ({ tensors }) => {
          found.push(...tensors);
          if (found.length >= 2) stop.abort();
        },
      },
    );
    const slice = { row: 100, rows: 2, column: 3, columns: 2 };
    const { values } = await engine.call('model.slice', { path, index: 39, window: slice });
    assert.deepEqual(values, [
      [0, 0],
      [0, 0],
    ]);
    await assert.rejects(reading, { code: 'cancelled' });
    assert.deepEqual([found[0]?.zeros, found[0]?.std], [bytes / 2, 0]);
    // its peak, as Linux tells it
    const status = process.platform === 'linux' ? readFileSync(`/proc/${engine.pid}/status`, 'utf8') : '';
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
    assert.ok(peak < 500_000, `${peak} kB`);
  });

  it('finds near tokens by text and by id, and says what is no token', async () => {
    const path = fixtureFolder('bert');
    const { tensors, embedding } = await engine.call('model.outline', { path });
    const index = tensors.findIndex(({ name }) => name === embedding);
    const near = await engine.call('model.nearest', { path, index, token: '100', count: 5 });
    // torch's, recorded in test/parity/inspect/model-panel.json
    assert.deepEqual(
      near.map(({ id }) => id),
      [100, 383, 152, 780, 401, 731],
    );
    const { token } = near[1] ?? assert.fail();
    assert.equal((await engine.call('model.nearest', { path, index, token, count: 1 }))[0]?.id, 383);
    await assert.rejects(
      engine.call('model.nearest', { path, index, token: 'a whole sentence', count: 5 }),
      /"a whole sentence" is \d+ tokens of this model/,
    );
  });
});
