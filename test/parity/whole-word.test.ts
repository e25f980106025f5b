// Whole-word masking as transformers does it, recorded from Python (how: see the head of cases.json).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DataCollatorForLanguageModeling, streamOptions } from '../../src/collate/data-collator.ts';
import type { RandomStream } from '../../src/protocol/masking.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

interface Case {
  stream: RandomStream;
  seed: number;
  mlm_probability: number;
  text: string;
  calls: { input_ids: number[][]; labels: number[][] }[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('./whole-word/cases.json', import.meta.url), 'utf8'),
);
const tokenizer = await loadTokenizer(fileURLToPath(new URL('./collator/tokenizer', import.meta.url)));

for (const stream of ['torch', 'numpy', 'numpy-seeded']) {
  test(`whole words, ${stream} stream`, async () => {
    const recorded = cases.filter((one) => one.stream === stream);
    assert.equal(recorded.length, 18);
    for (const { seed, mlm_probability, text, calls } of recorded) {
      const { ids, offsets, specialTokensMask } = await tokenizer.encode(text);
      const collator = new DataCollatorForLanguageModeling(tokenizer, {
        wholeWordMask: true,
        mlmProbability: mlm_probability,
        ...streamOptions(stream as RandomStream, seed),
      });
      for (const call of calls) {
        const batch = collator.collate([{ inputIds: ids, offsets, specialTokensMask }]);
        assert.deepEqual([[...batch.inputIds]], call.input_ids, `seed ${seed}, ${text}`);
        assert.deepEqual([[...batch.labels]], call.labels, `seed ${seed}, ${text}`);
      }
    }
  });
}
