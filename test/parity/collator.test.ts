// All recorded calls of transformers' collator: ids, labels and attention masks, number for number.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CollatorOptions, DataCollatorForLanguageModeling } from '../../src/collate/data-collator.ts';
import { NumpyLegacy } from '../../src/random/numpy-legacy.ts';
import { TorchGenerator } from '../../src/random/torch.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

interface Case {
  mode: 'torch-global' | 'torch-seeded' | 'numpy-global' | 'numpy-seeded';
  seed: number;
  mlm_probability: number;
  mask_replace_prob: number;
  random_replace_prob: number;
  pad_to_multiple_of: number | null;
  max_length: number;
  texts: string[];
  features: { input_ids: number[]; attention_mask: number[]; special_tokens_mask?: number[] }[];
  outputs: { input_ids: number[][]; attention_mask: number[][]; labels: number[][] }[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL('./collator/cases.json', import.meta.url), 'utf8'));
const tokenizer = await loadTokenizer(fileURLToPath(new URL('./collator/tokenizer', import.meta.url)));

function stream({ mode, seed }: Case): CollatorOptions {
  if (mode === 'torch-seeded') return { returnTensors: 'pt', seed };
  if (mode === 'numpy-seeded') return { returnTensors: 'np', seed };
  if (mode === 'torch-global') return { returnTensors: 'pt', global: new TorchGenerator(seed) };
  return { returnTensors: 'np', global: new NumpyLegacy(seed) };
}

function rowsOf(matrix: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: matrix.length / width }, (_, row) =>
    Array.from(matrix).slice(row * width, (row + 1) * width),
  );
}

for (const [number, recorded] of cases.entries()) {
  test(`collator case ${number}: ${recorded.mode}, seed ${recorded.seed}`, async () => {
    const features = recorded.features.map((feature) => ({
      inputIds: feature.input_ids,
      attentionMask: feature.attention_mask,
      specialTokensMask: feature.special_tokens_mask,
    }));
    for (const [i, text] of recorded.texts.entries()) {
      const { ids } = await tokenizer.encode(text, { maxLength: recorded.max_length });
      assert.deepEqual(ids, recorded.features[i]?.input_ids);
    }
    const collator = new DataCollatorForLanguageModeling(tokenizer, {
      mlmProbability: recorded.mlm_probability,
      maskReplaceProb: recorded.mask_replace_prob,
      randomReplaceProb: recorded.random_replace_prob,
      padToMultipleOf: recorded.pad_to_multiple_of,
      ...stream(recorded),
    });
    for (const output of recorded.outputs) {
      const batch = collator.collate(features);
      assert.deepEqual(rowsOf(batch.inputIds, batch.width), output.input_ids);
      assert.deepEqual(rowsOf(batch.labels, batch.width), output.labels);
      assert.deepEqual(rowsOf(batch.attentionMask, batch.width), output.attention_mask);
    }
  });
}
