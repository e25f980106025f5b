// Texts from files of every format, bad rows and all, and the rows that run_mlm.py would make of them.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { expandFiles } from '../../src/data/expand-files.ts';
import { readTexts } from '../../src/data/open.ts';
import { peekData } from '../../src/data/peek.ts';
import { groupedByLength } from '../../src/data/samplers.ts';
import { slice, splitSize } from '../../src/data/split.ts';
import { tokenizeRows } from '../../src/data/tokenize-rows.ts';
import { TorchGenerator } from '../../src/random/torch.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

const tokenizer = await loadTokenizer(fileURLToPath(new URL('../parity/collator/tokenizer', import.meta.url)));

async function fileWith(t: TestContext, name: string, content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-data-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function textsOf(path: string, onBadRow: 'fail' | 'skip' = 'fail', column: string | null = null) {
  const texts: string[] = [];
  const bad: string[] = [];
  const rows = readTexts([path], { column, onBadRow }, (_, row) => bad.push(`${row.line}: ${row.reason}`));
  for await (const batch of rows) texts.push(...batch);
  return { texts, bad };
}

test('.txt: lines end as in Python, with and without a last line end, packed or not', async (t) => {
  const expected = ['a', '', 'b é', 'c'];
  for (const text of ['a\n\nb é\nc\n', 'a\r\n\r\nb é\r\nc', '\ufeffa\n\nb é\nc']) {
    assert.deepEqual((await textsOf(await fileWith(t, 'x.txt', text))).texts, expected, JSON.stringify(text));
  }
  const packed = await fileWith(t, 'x.txt.gz', gzipSync('a\n\nb é\nc\n'));
  assert.deepEqual((await textsOf(packed)).texts, expected);
});

test('.txt: bytes that are no text are told by their place', async (t) => {
  const latin1 = Buffer.concat([Buffer.from('fine line\n'), Buffer.from([0x63, 0xe9, 0x0a])]);
  await assert.rejects(textsOf(await fileWith(t, 'x.txt', latin1)), /x\.txt line 2: not UTF-8 text/);
  await assert.rejects(textsOf(await fileWith(t, 'x.txt', Buffer.from([65, 0, 66]))), /zero bytes/);
  await assert.rejects(
    textsOf(await fileWith(t, 'x.txt.gz', Buffer.from('no gzip'))),
    /not whole gzip data|incorrect header/,
  );
});

test('.jsonl: bad lines are told by number, or left out when asked', async (t) => {
  const lines = ['{"text": "one"}', '{"text": "two"', '', '[1]', '{"text": 5}', '{"other": 1}', '{"text": "three"}'];
  const path = await fileWith(t, 'x.jsonl', lines.join('\n'));
  await assert.rejects(textsOf(path), { message: /x\.jsonl line 2: not JSON/, wayOut: /--on_bad_row skip/ });
  const { texts, bad } = await textsOf(path, 'skip');
  assert.deepEqual(texts, ['one', 'three']);
  assert.deepEqual(
    bad.map((row) => row.split(':')[0]),
    ['2', '4', '5'],
  );
});

test('.csv: quotes, line ends inside, too few and too many fields', async (t) => {
  const good = await fileWith(t, 'x.csv', 'id,text\n1,"hello, ""there"""\n2,"two\nlines"\n3,\n');
  assert.deepEqual((await textsOf(good)).texts, ['hello, "there"', 'two\nlines']);
  const bad = await fileWith(t, 'x.csv', 'id,text\n1,one\n2,two,extra\n3\n4,four\n');
  await assert.rejects(textsOf(bad), /x\.csv line 3/);
  const skipped = await textsOf(bad, 'skip');
  assert.deepEqual(skipped.texts, ['one', 'four']);
  assert.equal(skipped.bad.length, 2);
});

test('.parquet and a JSON array', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-data-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "it's.parquet");
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(
    `COPY (SELECT * FROM (VALUES (1, 'one'), (2, NULL), (3, 'drei')) t(id, body)) TO '${path.replace("'", "''")}'`,
  );
  assert.deepEqual((await textsOf(path)).texts, ['one', 'drei']);
  const json = await fileWith(t, 'x.json', '[{"text": "a"}, {"text": "b"}]');
  assert.deepEqual((await textsOf(json)).texts, ['a', 'b']);
});

test('a missing column, file or format says what there is', async (t) => {
  const path = await fileWith(t, 'x.jsonl', '{"title": "a", "body": "b"}\n');
  await assert.rejects(textsOf(path, 'fail', 'text'), /no column "text"\./);
  assert.deepEqual((await textsOf(path, 'fail', 'body')).texts, ['b']);
  await assert.rejects(textsOf(join(path, '..', 'none.txt')), /no file/);
  await assert.rejects(textsOf(await fileWith(t, 'x.docx', 'x')), /does not know this kind of file/);
  assert.deepEqual(await peekData(path, 5), {
    columns: ['title', 'body'],
    textColumn: 'title',
    rows: [{ title: 'a' }],
  });
});

test('the first per cent is split off, rounded as Python rounds', async () => {
  // round(n * 5 / 100) in Python, half to even
  assert.deepEqual(
    [10, 30, 50, 70, 1234].map((rows) => splitSize(rows, 5)),
    [0, 2, 2, 4, 62],
  );
  const parts = [];
  for await (const batch of slice(batches(['a', 'b'], ['c'], ['d', 'e']), 1, 4)) parts.push(...batch);
  assert.deepEqual(parts, ['b', 'c', 'd']);
});

test('grouped rows run across texts, start anew each thousand and drop the rest', async () => {
  const texts = Array.from({ length: 1001 }, (_, i) => (i % 10 === 0 ? '' : 'index table'));
  const rows = await tokenizeRows(batches(texts), tokenizer, { lineByLine: false, maxSeqLength: 32 });
  const { ids } = await tokenizer.encodeBatch(texts.slice(0, 1000));
  assert.equal(rows.length, Math.floor(ids.length / 32)); // the one text of the second thousand fills no row
  assert.deepEqual([...rows.row(3).ids], [...ids.subarray(96, 128)]);
});

test('line by line leaves blank lines out and cuts long ones', async () => {
  const rows = await tokenizeRows(batches(['index', ' \t', '', 'table '.repeat(50)]), tokenizer, {
    lineByLine: true,
    maxSeqLength: 16,
  });
  assert.equal(rows.length, 2);
  assert.equal(rows.lengthOf(1), 16);
});

test('grouping by length keeps every row once, longest first, like lengths together', () => {
  const lengths = Array.from({ length: 103 }, (_, i) => (i * 37) % 50);
  const order = groupedByLength(
    { length: lengths.length, lengthOf: (i) => lengths[i] as number },
    4,
    new TorchGenerator(3),
  );
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 103 }, (_, i) => i),
  );
  assert.equal(lengths[order[0] as number], Math.max(...lengths));
  const spread = (rows: readonly number[]) => {
    let sum = 0;
    for (let i = 0; i + 4 <= rows.length; i += 4) {
      const batch = rows.slice(i, i + 4).map((row) => lengths[row] as number);
      sum += Math.max(...batch) - Math.min(...batch);
    }
    return sum;
  };
  assert.ok(spread([...order]) < spread(lengths.map((_, i) => i)) / 3);
});

async function* batches(...all: string[][]): AsyncGenerator<string[]> {
  yield* all;
}

test('a folder or a pattern of shards is one data set, in the order of their numbers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-data-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const name of ['part-10.txt', 'part-2.txt', 'part-1.txt.gz', 'notes.docx', '.hidden', 'x+y.csv']) {
    await writeFile(join(folder, name), 'x');
  }
  const names = async (path: string) => (await expandFiles([path])).map((file) => file.slice(folder.length + 1));
  assert.deepEqual(await names(folder), ['part-1.txt.gz', 'part-2.txt', 'part-10.txt', 'x+y.csv']);
  assert.deepEqual(await names(join(folder, 'part-*.txt')), ['part-2.txt', 'part-10.txt']);
  assert.deepEqual(await names(join(folder, 'x+?.csv')), ['x+y.csv']);
  assert.deepEqual(await names(join(folder, 'none.txt')), ['none.txt']);
  await assert.rejects(names(join(folder, 'q*.txt')), /No data file fits .*q\*\.txt/);
  await mkdir(join(folder, 'empty'));
  await assert.rejects(names(join(folder, 'empty')), /holds no data file/);
});
