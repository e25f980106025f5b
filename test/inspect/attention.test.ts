// Attention of every architecture against transformers' output_attentions (attn_implementation="eager").
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { attentionOf } from '../../src/inspect/attention.ts';
import { loadMaskedLM } from '../../src/models/load.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));
const { attention } = JSON.parse(await readFile(parity('inspect/model-panel.json'), 'utf8')) as {
  attention: Record<string, { input_ids: number[]; shape: [number, number]; attentions: number[][] }>;
};

for (const [name, { input_ids, shape, attentions }] of Object.entries(attention)) {
  test(`${name}: every layer and head attends as in Python`, async () => {
    const folder = parity(`models/${name}`);
    const model = await loadMaskedLM(folder, { train: false });
    const { heads, layers, tokens } = await attentionOf(model, await loadTokenizer(folder), input_ids);
    assert.deepEqual([layers.length, heads, tokens.length], [shape[0], shape[1], input_ids.length]);
    for (const [i, layer] of layers.entries()) {
      const wanted = attentions[i] ?? [];
      assert.equal(layer.length, wanted.length);
      const far = layer.reduce((most, value, at) => Math.max(most, Math.abs(value - (wanted[at] as number))), 0);
      assert.ok(far < 1e-5, `layer ${i}: ${far}`);
    }
    await model.release();
  });
}

test('a row longer than the positions is refused', async () => {
  const folder = parity('models/bert');
  const model = await loadMaskedLM(folder, { train: false });
  const ids = new Array(65).fill(5);
  await assert.rejects(attentionOf(model, await loadTokenizer(folder), ids), /65 tokens; the model reads 64/);
  await model.release();
});
