// The loss of every token masked in turn, against Python.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tokenLosses } from '../../src/inspect/token-losses.ts';
import { loadMaskedLM } from '../../src/models/load.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));
const recorded = JSON.parse(await readFile(parity('inspect/token-losses.json'), 'utf8')) as Record<
  string,
  { text: string; tokens: { position: number; id: number; loss: number; rank: number }[] }
>;

for (const [name, { text, tokens }] of Object.entries(recorded)) {
  test(`${name}: loss and rank of each token, and the pseudo-perplexity`, async (t) => {
    const folder = parity(`models/${name}`);
    const model = await loadMaskedLM(folder, { train: false });
    t.after(() => model.release());
    const found = await tokenLosses(model, await loadTokenizer(folder), text);
    assert.deepEqual(
      found.tokens.map(({ position, id, rank }) => ({ position, id, rank })),
      tokens.map(({ position, id, rank }) => ({ position, id, rank })),
    );
    for (const [i, { loss }] of tokens.entries()) {
      assert.ok(Math.abs((found.tokens[i]?.loss ?? 0) - loss) < 1e-4 * loss, `token ${i}`);
    }
    const mean = tokens.reduce((sum, { loss }) => sum + loss, 0) / tokens.length;
    assert.ok(Math.abs((found.pseudo_perplexity ?? 0) - Math.exp(mean)) < 1e-3 * Math.exp(mean));
  });
}

test('a text of no tokens has no perplexity, one too long is refused', async (t) => {
  const folder = parity('models/bert');
  const model = await loadMaskedLM(folder, { train: false });
  t.after(() => model.release());
  const tokenizer = await loadTokenizer(folder);
  assert.deepEqual(await tokenLosses(model, tokenizer, ''), { tokens: [], loss: null, pseudo_perplexity: null });
  await assert.rejects(tokenLosses(model, tokenizer, 'row '.repeat(100)), /reads 64 at most/);
});
