// Two models compared: tensors against NumPy, differences of config and vocabulary by hand.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareModels } from '../../src/inspect/compare.ts';

const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));

test('relative change and cosine of each tensor as NumPy, across element types, the most moved first', async () => {
  const expected = JSON.parse(await readFile(parity('inspect/comparison.json'), 'utf8')) as Record<
    string,
    { relative_change: number; cosine: number }
  >;
  const found = await compareModels(parity('models/bert'), parity('inspect/other.safetensors'));
  assert.deepEqual(found.tensors.map(({ name }) => name).sort(), Object.keys(expected).sort());
  for (const { name, relative_change, cosine } of found.tensors) {
    const wanted = expected[name] ?? assert.fail(name);
    assert.ok(Math.abs((relative_change ?? 0) - wanted.relative_change) < 1e-12, name);
    assert.ok(Math.abs((cosine ?? 0) - wanted.cosine) < 1e-12, name);
  }
  const order = found.tensors.map(({ relative_change }) => relative_change ?? -1);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => b - a),
  );
  assert.deepEqual(found.only_in_b, ['extra']);
  assert.ok(found.only_in_a.includes('cls.predictions.transform.dense.weight'));
  assert.deepEqual(found.reshaped, [{ name: 'bert.embeddings.position_embeddings.weight', a: [64, 48], b: [2, 48] }]);
  assert.equal(found.vocabulary, null);
});

test('config and vocabulary', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-compare-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(parity('models/bert'), folder, { recursive: true });
  const same = await compareModels(parity('models/bert'), folder);
  assert.deepEqual(same.config, []);
  assert.deepEqual(same.vocabulary, { only_in_a: [], only_in_b: [], renumbered: 0 });
  assert.ok(same.tensors.every(({ relative_change }) => relative_change === 0));
  const edit = async (name: string, change: (json: Record<string, never>) => void) => {
    const json = JSON.parse(await readFile(join(folder, name), 'utf8'));
    change(json);
    await writeFile(join(folder, name), JSON.stringify(json));
  };
  await edit('config.json', (json: Record<string, unknown>) => {
    json.hidden_dropout_prob = 0.25;
    delete json.pad_token_id;
  });
  await edit('tokenizer.json', (json: { model?: { vocab: Record<string, number> } }) => {
    const vocab = json.model?.vocab ?? {};
    const [first, second] = Object.keys(vocab).slice(20, 22) as [string, string];
    [vocab[first], vocab[second]] = [vocab[second] as number, vocab[first] as number];
    vocab.novel = 800;
  });
  const { config, vocabulary } = await compareModels(parity('models/bert'), folder);
  assert.deepEqual(config, [
    { name: 'hidden_dropout_prob', a: 0, b: 0.25 },
    { name: 'pad_token_id', a: 0, b: null },
  ]);
  assert.deepEqual(vocabulary, { only_in_a: [], only_in_b: ['novel'], renumbered: 2 });
});
