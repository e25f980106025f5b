// What the collator refuses, what it pads, and what it says of each token.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { flatten } from '../../src/collate/batch.ts';
import { DataCollatorForLanguageModeling } from '../../src/collate/data-collator.ts';
import { TorchGenerator } from '../../src/random/torch.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

const tokenizer = await loadTokenizer(fileURLToPath(new URL('../parity/collator/tokenizer', import.meta.url)));
const global = new TorchGenerator(1);

test('what the original raises for is refused, and the argument is named', () => {
  const make =
    (options: object, of = tokenizer) =>
    () =>
      new DataCollatorForLanguageModeling(of, { global, ...options });
  assert.throws(make({}, { ...tokenizer, size: 9, mask: null } as never), /no mask token/);
  assert.throws(make({ mlmProbability: 1.5 }), /mlm_probability is 1.5/);
  assert.throws(make({ mlmProbability: Number.NaN }), /mlm_probability is NaN/);
  assert.throws(make({ maskReplaceProb: -0.1 }), /mask_replace_prob is -0.1/);
  assert.throws(make({ randomReplaceProb: 2 }), /random_replace_prob is 2/);
  assert.throws(make({ maskReplaceProb: 0.8, randomReplaceProb: 0.3 }), /sum to more than 1/);
  assert.throws(make({ mlm: false, wholeWordMask: true }), /whole_word_mask needs mlm/);
});

test('rows that cannot be made a batch are refused', () => {
  const collator = new DataCollatorForLanguageModeling(tokenizer, { global });
  assert.throws(() => collator.collate([]), /at least one/);
  assert.throws(() => collator.collate([{} as never]), /Row 0 .* no input_ids/);
  const unpadded = new DataCollatorForLanguageModeling({ ...facts(), pad: null }, { global });
  assert.throws(() => unpadded.collate([{ inputIds: [5, 6] }, { inputIds: [5] }]), /no padding token/);
  const words = new DataCollatorForLanguageModeling(tokenizer, { global, wholeWordMask: true });
  assert.throws(() => words.collate([{ inputIds: [5, 6] }]), /needs the offsets/);
});

test('without mlm the labels are the inputs, and padding does not count', () => {
  const collator = new DataCollatorForLanguageModeling(tokenizer, { mlm: false, padToMultipleOf: 4 });
  const batch = collator.collate([{ inputIds: [2, 9, 3] }, { inputIds: [2, 3] }]);
  const pad = tokenizer.pad?.id as number;
  assert.deepEqual([...batch.inputIds], [2, 9, 3, pad, 2, 3, pad, pad]);
  assert.deepEqual([...batch.labels], [2, 9, 3, -100, 2, 3, -100, -100]);
});

test('fates say what was done, also where a token was replaced by itself', () => {
  const ids = Array.from({ length: 400 }, (_, i) => 10 + (i % 500));
  const collator = new DataCollatorForLanguageModeling(tokenizer, { seed: 3, mlmProbability: 0.9 });
  const { inputIds, labels, fates } = collator.collate([{ inputIds: [2, ...ids, 3] }]);
  const mask = tokenizer.mask?.id;
  const counts = new Map<string, number>();
  for (const [i, fate] of fates.entries()) {
    counts.set(fate, (counts.get(fate) ?? 0) + 1);
    const original = [2, ...ids, 3][i];
    if (fate === 'masked') assert.equal(inputIds[i], mask);
    if (fate === 'kept' || fate === 'special' || fate === 'unchanged') assert.equal(inputIds[i], original);
    assert.equal(labels[i], fate === 'kept' || fate === 'special' ? -100 : original);
  }
  assert.deepEqual([...counts.keys()].sort(), ['kept', 'masked', 'random', 'special', 'unchanged']);
  assert.equal(counts.get('special'), 2);
});

test('a flat batch holds the same tokens and labels as the padded one', () => {
  const collator = new DataCollatorForLanguageModeling(tokenizer, { seed: 5, mlmProbability: 0.5 });
  const batch = collator.collate([{ inputIds: [2, 20, 21, 22, 23, 3] }, { inputIds: [2, 30, 3] }]);
  const flat = flatten(batch);
  assert.deepEqual([...flat.lengths], [6, 3]);
  const kept = [...batch.inputIds].filter((_, i) => batch.attentionMask[i]);
  assert.deepEqual([...flat.inputIds], kept);
  const labels = new Array(9).fill(-100);
  flat.maskedPositions.forEach((position, i) => {
    labels[position] = flat.labels[i];
  });
  assert.deepEqual(
    labels,
    [...batch.labels].filter((_, i) => batch.attentionMask[i]),
  );
});

function facts() {
  const { mask, pad, size, allSpecialIds } = tokenizer;
  return { mask, pad, size, allSpecialIds };
}
