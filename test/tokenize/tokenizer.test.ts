// Tokenizers from model folders: ids as Hugging Face's own JavaScript gives them, offsets that fit the text, clear errors.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AutoTokenizer, env } from '@huggingface/transformers';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { lengthLimit } from '../../src/tokenize/types.ts';

env.allowRemoteModels = false;
const BUNDLED = fileURLToPath(new URL('../../media/model', import.meta.url));
const SMALL = fileURLToPath(new URL('../parity/collator/tokenizer', import.meta.url));

const TEXTS = [
  'transformers are awesome!',
  'Naïve café, Zürich — “quotes” … and Ångström',
  'smile 😀 family 👨‍👩‍👧 flag 🇨🇭 done',
  'line one\r\nline two\ttabbed\u00a0space',
  '你好，世界 and 日本語',
  'مرحبا بالعالم right to left',
  'a [MASK] in the text, and [UNK] too',
  'x'.repeat(300),
  'combining e\u0301 and \u200b zero width',
  '',
  '   ',
];

for (const folder of [BUNDLED, SMALL]) {
  test(`ids are transformers.js' ids: ${folder === BUNDLED ? 'the bundled model' : 'the small tokenizer'}`, async () => {
    const ours = await loadTokenizer(folder);
    env.localModelPath = dirname(folder);
    const theirs = await AutoTokenizer.from_pretrained(folder.slice(dirname(folder).length + 1));
    for (const text of TEXTS) {
      const { ids } = await ours.encode(text);
      assert.deepEqual(ids, theirs(text).input_ids.tolist()[0].map(Number), JSON.stringify(text));
    }
  });
}

test('offsets are exact in UTF-16 code units: accents, emoji, line ends', async () => {
  const tokenizer = await loadTokenizer(BUNDLED);
  const text = 'é😀 naïve\r\ncafé 👍 ok';
  const { tokens, offsets, specialTokensMask } = await tokenizer.encode(text);
  const pieces = tokens.map((token, i) => [token, text.slice(...(offsets[i] as [number, number]))]);
  const inText = pieces.filter((_, i) => !specialTokensMask[i]);
  for (const [token, slice] of inText) {
    if (token === '[UNK]') continue;
    const plain = slice
      ?.normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .toLowerCase();
    assert.equal(token?.replace(/^##/, ''), plain);
  }
  assert.ok(inText.some(([, slice]) => slice?.includes('😀')));
  assert.deepEqual(inText.at(-1), ['ok', 'ok']);
});

test('text is cut at a length with its special tokens, and texts in a batch are cut alike', async () => {
  const tokenizer = await loadTokenizer(BUNDLED);
  const text = 'one two three four five six';
  const { ids } = await tokenizer.encode(text, { maxLength: 5 });
  assert.equal(ids.length, 5);
  assert.equal(ids.at(-1), tokenizer.tokenToId('[SEP]'));
  const [whole, batch, cut] = await Promise.all([
    tokenizer.encode(text),
    tokenizer.encodeBatch([text, 'one'], { maxLength: 5 }),
    tokenizer.encode(text, { maxLength: 4 }),
  ]);
  assert.equal(whole.ids.length, 8);
  assert.deepEqual([...batch.lengths], [5, 3]);
  assert.deepEqual([...batch.ids.subarray(0, 5)], ids);
  assert.equal(cut.ids.length, 4);
});

test('a lone surrogate or a zero character is only a character', async () => {
  const tokenizer = await loadTokenizer(BUNDLED);
  for (const text of ['a \ud83d b', 'a\u0000b']) {
    const { offsets } = await tokenizer.encode(text);
    assert.ok(offsets.every(([start, end]) => start <= end && end <= text.length));
  }
});

test('the limit is the smaller of tokenizer and positions', async () => {
  assert.equal(lengthLimit(await loadTokenizer(BUNDLED)), 512);
  assert.equal(lengthLimit({ modelMaxLength: null, maxPositions: null }), null);
});

test('a folder without a usable tokenizer is refused with the way out', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-tokenizer-'));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(loadTokenizer(join(folder, 'nowhere')), /no model folder/);
  await assert.rejects(loadTokenizer(folder), /No tokenizer.json/);
  await writeFile(join(folder, 'tokenizer.json'), '{"version": ');
  await assert.rejects(loadTokenizer(folder), /not a JSON object/);
  await writeFile(join(folder, 'tokenizer.json'), '{"model": {"type": "Nonsense"}}');
  await assert.rejects(loadTokenizer(folder), /no tokenizer that Hugging Face's library reads/);
});

test('truncation and padding saved in tokenizer.json do not count', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-tokenizer-'));
  t.after(() => rm(folder, { recursive: true }));
  await cp(SMALL, folder, { recursive: true });
  const { default: json } = await import(join(folder, 'tokenizer.json'), { with: { type: 'json' } });
  const padding = {
    strategy: { Fixed: 64 },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: '[PAD]',
  };
  const truncation = { direction: 'Right', max_length: 4, strategy: 'LongestFirst', stride: 0 };
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ ...json, padding, truncation }));
  const [plain, saved] = await Promise.all([loadTokenizer(SMALL), loadTokenizer(folder)]);
  const text = 'the columns of a table in the index';
  assert.deepEqual((await saved.encode(text)).ids, (await plain.encode(text)).ids);
});
