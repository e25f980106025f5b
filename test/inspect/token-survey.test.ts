// Figures of the Data Set panel: tokens as Python counted them, what lengths cost as NumPy simulated it, the collator's batch.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseObject } from '../../src/data/json-lines.ts';
import { readLines } from '../../src/data/lines.ts';
import { batchTable } from '../../src/inspect/batch-table.ts';
import { TokenSurveyor } from '../../src/inspect/token-survey.ts';
import {
  grouping,
  lengthHistogram,
  paddingShare,
  percentile,
  suggestedLength,
  truncation,
} from '../../src/protocol/length-figures.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));
const read = async (place: string) => JSON.parse(await readFile(parity(place), 'utf8'));
const tokenizer = await loadTokenizer(parity('tokenizers/bert-uncased'));
const recorded = await read('inspect/survey.json');

const texts: (string | null)[] = [];
for await (const lines of readLines(parity('inspect/rows.jsonl'))) {
  for (const line of lines) {
    const row = line.trim() === '' ? '' : parseObject(line);
    if (typeof row !== 'string') texts.push(typeof row.text === 'string' ? row.text : null);
  }
}
const places = texts.map((_, i) => i);

test('lengths, unknown words, pieces and vocabulary as counted in Python', async () => {
  const surveyor = await TokenSurveyor.create(tokenizer);
  await surveyor.add({ places, texts });
  const survey = surveyor.result(texts.length, false);
  assert.equal(survey.rows, recorded.rows);
  assert.equal(survey.ofRows, recorded.of_rows);
  assert.deepEqual(survey.lengths, recorded.lengths);
  assert.equal(survey.added, recorded.added);
  assert.equal(survey.tokens, recorded.tokens);
  assert.equal(survey.words, recorded.words);
  assert.equal(survey.unknown, recorded.unknown);
  const words = survey.unknownWords.map(({ word, times }) => [word, times] as const);
  const byTimes = (a: readonly [string, number], b: readonly [string, number]) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  assert.deepEqual([...words].sort(byTimes), recorded.unknown_words);
  for (const { word, place } of survey.unknownWords) assert.ok(texts[place]?.includes(word), `${word} in row ${place}`);
  assert.deepEqual([survey.vocabularyUsed, survey.vocabularySize], [recorded.used, recorded.size]);
  assert.deepEqual(survey.typedSpecial.rows, recorded.typed.length);
});

test('special tokens typed in a text are told with their row', async () => {
  const surveyor = await TokenSurveyor.create(tokenizer);
  await surveyor.add({ places: [4, 7, 9], texts: ['plain text', 'a [MASK] typed', 'and [SEP] here'] });
  const { typedSpecial } = surveyor.result(3, true);
  assert.deepEqual(typedSpecial.first, [
    { place: 7, part: '[MASK]' },
    { place: 9, part: '[SEP]' },
  ]);
});

test('what a maximum length and a batch size cost, as NumPy counts and simulates it', async () => {
  const numpy = await read('inspect/lengths.json');
  assert.equal(percentile(numpy.lengths, 0.5), numpy.p50);
  assert.equal(percentile(numpy.lengths, 0.9), numpy.p90);
  assert.ok(Math.abs((percentile(numpy.lengths, 0.99) ?? 0) - numpy.p99) < 1e-9);
  const cut = truncation(numpy.lengths, numpy.max_seq_length);
  assert.deepEqual(cut, { truncatedRows: numpy.truncated, tokensLost: numpy.lost });
  const padding = paddingShare(numpy.lengths, numpy.max_seq_length, numpy.batch_size);
  assert.ok(Math.abs(padding - numpy.padding) < 5 * numpy.padding_se, `${padding}, simulated ${numpy.padding}`);
  assert.equal(paddingShare([[12, 40]], 128, 8), 0);
  assert.equal(suggestedLength(numpy.lengths, null), 392);
  assert.equal(suggestedLength(numpy.lengths, 128), 128);
  assert.deepEqual(grouping([1000, 999, 130], 128), { rows: 7 + 7 + 1, tokensLost: 104 + 103 + 2 });
  const bars = lengthHistogram(numpy.lengths, 60);
  assert.equal(
    bars.reduce((sum, { rows }) => sum + rows, 0),
    1000,
  );
});

test('the batch is the one that Python’s collator makes after set_seed', async () => {
  const { batch } = recorded;
  const request = {
    model: '',
    column: 'text',
    places: batch.places,
    maxSeqLength: batch.max_seq_length,
    lineByLine: true,
    padToMaxLength: false,
    mlmProbability: batch.mlm_probability,
    wholeWordMask: false,
    seed: batch.seed,
  };
  const chosen = batch.places.map((place: number) => texts[place] ?? null);
  const table = await batchTable(tokenizer, chosen, request);
  assert.deepEqual(
    table.rows.map(({ cells }) => cells.map(({ maskedInputId }) => maskedInputId)),
    batch.input_ids,
  );
  assert.deepEqual(
    table.rows.map(({ cells }) => cells.map(({ label }) => label)),
    batch.labels,
  );
  assert.deepEqual(
    table.rows.map(({ place }) => place),
    batch.places,
  );
  const cells = table.rows.flatMap((row) => row.cells);
  assert.equal(table.padding, cells.filter(({ fate }) => fate === 'padding').length);
  const open = cells.filter(({ fate }) => fate !== 'padding' && fate !== 'special').length;
  const masked = cells.filter(({ label }) => label !== -100).length;
  assert.equal(table.share.here, masked / open);
  // 200 draws of 0.3: five standard errors
  const error = Math.sqrt((0.3 * 0.7) / (open * table.share.draws));
  assert.ok(Math.abs(table.share.mean - 0.3) < 5 * error, `${table.share.mean}`);
  const cut = await tokenizer.encodeBatch(chosen);
  assert.equal(
    table.lost,
    cut.lengths.reduce((sum, length) => sum + Math.max(0, length - batch.max_seq_length), 0),
  );
});

test('grouped rows are full, and what is left over is told', async () => {
  const request = {
    model: '',
    column: 'text',
    places: places.slice(0, 40),
    maxSeqLength: 64,
    lineByLine: false,
    padToMaxLength: false,
    mlmProbability: 0.15,
    wholeWordMask: true,
    seed: 1,
  };
  const chosen = texts.slice(0, 40);
  const table = await batchTable(tokenizer, chosen, request);
  const { ids } = await tokenizer.encodeBatch(chosen.filter((text) => text !== null));
  assert.equal(table.rows.length, Math.floor(ids.length / 64));
  assert.equal(table.lost, ids.length % 64);
  assert.equal(table.padding, 0);
  assert.deepEqual(
    table.rows.flatMap(({ cells }) => cells.map(({ inputId }) => inputId)),
    [...ids.subarray(0, table.rows.length * 64)],
  );
  await assert.rejects(batchTable(tokenizer, [null, '  '], { ...request, lineByLine: true }), /None of these rows/);
});
