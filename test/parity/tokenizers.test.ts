// The tokenizers of all families, and whole-word masking with each, recorded from Python (how: head of cases.json).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Feature } from '../../src/collate/batch.ts';
import { DataCollatorForLanguageModeling } from '../../src/collate/data-collator.ts';
import { TorchGenerator } from '../../src/random/torch.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import type { Tokenizer } from '../../src/tokenize/types.ts';
import { offsetsHoldSpaces } from '../../src/tokenize/words.ts';

interface Case {
  text: string;
  ids: number[];
  tokens: string[];
  /** In UTF-16 code units. */
  offsets: [number, number][];
  word_ids: (number | null)[];
  special: number[];
  /** The text cut at 7 tokens. */
  cut: number[];
  whole_word: { seed: number; input_ids: number[]; labels: number[] }[] | null;
}
interface Family {
  all_special_ids: number[];
  length: number;
  mask: number;
  pad: number;
  cases: Case[];
}
const { families }: { families: Record<string, Family> } = JSON.parse(
  readFileSync(new URL('./tokenizers/cases.json', import.meta.url), 'utf8'),
);

for (const [name, family] of Object.entries(families)) {
  test(`${name}: ids, tokens, offsets and words as in Python`, async () => {
    const tokenizer = await open(name);
    assert.equal(tokenizer.size, family.length);
    assert.deepEqual([tokenizer.mask?.id, tokenizer.pad?.id], [family.mask, family.pad]);
    assert.deepEqual(
      [...tokenizer.allSpecialIds].sort((a, b) => a - b),
      family.all_special_ids,
    );
    for (const { text, ids, tokens, offsets, word_ids, special, cut } of family.cases) {
      const encoded = await tokenizer.encode(text);
      assert.deepEqual(
        {
          ids: [...encoded.ids],
          tokens: [...encoded.tokens],
          offsets: encoded.offsets.map((pair) => [...pair]),
          word_ids: [...encoded.wordIds],
          special: [...encoded.specialTokensMask],
        },
        { ids, tokens, offsets, word_ids, special },
        text,
      );
      assert.deepEqual([...(await tokenizer.encodeBatch([text], { maxLength: 7 })).ids], cut, text);
    }
  });

  test(`${name}: whole words are masked as in Python, from offsets and from what training keeps of them`, async () => {
    const tokenizer = await open(name);
    for (const { text, ids, whole_word } of family.cases) {
      if (!whole_word) continue;
      const { offsets, wordIds, specialTokensMask } = await tokenizer.encode(text);
      const words = offsetsHoldSpaces(text, { ids, offsets }, tokenizer.allSpecialIds) ? { wordIds } : { offsets };
      const shown = { inputIds: ids, ...words, specialTokensMask };
      const { wordStarts = new Uint8Array() } = await tokenizer.encodeBatch([text], { wordStarts: true });
      let word = 0;
      const trained = {
        inputIds: ids,
        wordIds: Array.from(wordStarts, (starts) => (word += starts)),
        specialTokensMask,
      };
      for (const feature of [shown, trained]) assert.deepEqual(collate(tokenizer, feature), whole_word, text);
    }
  });
}

const open = (name: string): Promise<Tokenizer> =>
  loadTokenizer(fileURLToPath(new URL(`./tokenizers/${name}`, import.meta.url)));

/** Two calls with each of two seeds. */
function collate(tokenizer: Tokenizer, feature: Feature): Case['whole_word'] {
  return [1, 2].flatMap((seed) => {
    const collator = new DataCollatorForLanguageModeling(tokenizer, {
      wholeWordMask: true,
      mlmProbability: 0.3,
      global: new TorchGenerator(seed),
    });
    return [1, 2].map(() => {
      const batch = collator.collate([feature]);
      return { seed, input_ids: [...batch.inputIds], labels: [...batch.labels] };
    });
  });
}
