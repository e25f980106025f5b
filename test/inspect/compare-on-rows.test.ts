// Two models on the same masks of the same rows: against `cloze evaluate`, which goes another way to the same numbers.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ComparedModel, compareOnRows } from '../../src/inspect/compare-on-rows.ts';
import { loadMaskedLM } from '../../src/models/load.ts';
import { resolveArguments } from '../../src/protocol/resolve-arguments.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { evaluateModel } from '../../src/train/evaluate-model.ts';
import { fixtureFolder } from '../models/support.ts';

const TEXTS = [
  'The file is opened before it is read.',
  'Returns the number of rows in the table, or zero.',
  '   ',
  'If the value is null, an error code is returned to the caller.',
  'A prepared statement must be finalized after its use.',
  'The database connection is closed.',
];

async function model(t: TestContext, name: string): Promise<ComparedModel> {
  const folder = fixtureFolder(name);
  const loaded = await loadMaskedLM(folder, { train: false });
  t.after(() => loaded.release());
  return { folder, tokenizer: await loadTokenizer(folder), use: (work) => work(loaded) };
}

async function textFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-rows-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'rows.txt');
  await writeFile(file, `${TEXTS.join('\n')}\n`);
  return file;
}

test('loss, accuracy and masks are those of cloze evaluate; rows and tokens add up to them', async (t) => {
  const file = await textFile(t);
  const [a, b] = [await model(t, 'roberta'), await model(t, 'modernbert')];
  const request = { file, column: null, rows: 100, mlmProbability: 0.4, seed: 7 };
  const found = await compareOnRows(a, b, request);
  assert.equal(found.rows, 5);
  for (const [name, figures] of [
    ['roberta', found.a],
    ['modernbert', found.b],
  ] as const) {
    const { args } = resolveArguments({
      train_file: [file],
      validation_file: [file],
      line_by_line: true,
      mlm_probability: 0.4,
      seed: 7,
    });
    const evaluated = await evaluateModel(fixtureFolder(name), args ?? assert.fail());
    assert.equal(found.masked, evaluated.masked_tokens);
    assert.equal(figures.accuracy, evaluated.masked_accuracy);
    // one batch: the mean of its losses
    assert.ok(Math.abs(figures.loss - evaluated.eval_loss) < 1e-5, `${figures.loss}, ${evaluated.eval_loss}`);
  }
  const rows = [...found.rowsGained, ...found.rowsLost];
  const total = (side: 'a' | 'b') => rows.reduce((sum, row) => sum + row[side] * row.masked, 0) / found.masked;
  assert.ok(Math.abs(total('a') - found.a.loss) < 1e-9);
  assert.ok(Math.abs(total('b') - found.b.loss) < 1e-9);
  for (const { row, text } of rows) assert.equal(text, TEXTS.filter((one) => one.trim() !== '')[row]);
  const tokens = [...found.tokensGained, ...found.tokensLost];
  assert.equal(
    tokens.reduce((sum, { masked }) => sum + masked, 0),
    found.masked,
  );
  assert.ok(found.rowsGained.every((row) => row.b < row.a) && found.rowsLost.every((row) => row.b > row.a));
});

test('different tokenizers, no text and no mask are told', async (t) => {
  const file = await textFile(t);
  const a = await model(t, 'bert');
  const request = { file, column: null, rows: 10, mlmProbability: 0.15, seed: 1 };
  await assert.rejects(compareOnRows(a, await model(t, 'roberta'), request), /different tokenizers/);
  await assert.rejects(compareOnRows(a, a, { ...request, mlmProbability: 0 }), /No token was masked/);
  await writeFile(file, '\n \n');
  await assert.rejects(compareOnRows(a, a, request), /holds no text/);
  const stopped = compareOnRows(a, a, { ...request, file }, { signal: AbortSignal.abort() });
  await assert.rejects(stopped);
});
