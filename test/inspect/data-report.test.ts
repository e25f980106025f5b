// What Cloze tells of data: counts that Python made of the same files, and bad rows by their place.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { type DataReport, inspectData } from '../../src/inspect/data-report.ts';
import { DistinctEstimate, HashSet64, hash64 } from '../../src/inspect/hash-set.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';

const parity = (place: string) => fileURLToPath(new URL(`../parity/${place}`, import.meta.url));
const recorded: {
  max_seq_length: number;
  bad: { line: number; byte: number }[];
  one: Omit<DataReport, 'bad_rows'>;
  two: Omit<DataReport, 'bad_rows'>;
} = JSON.parse(await readFile(parity('inspect/data.json'), 'utf8'));
const tokenizer = await loadTokenizer(parity('tokenizers/bert-uncased'));
const [ROWS, MORE] = ['inspect/rows.jsonl', 'inspect/more.jsonl'].map(parity) as [string, string];

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-inspect-data-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function compare({ bad_rows: _, ...report }: DataReport, expected: Omit<DataReport, 'bad_rows'>): void {
  assert.ok(report.tokens && expected.tokens);
  for (const [name, value] of Object.entries(expected.tokens)) {
    const got = report.tokens[name as keyof typeof report.tokens];
    assert.ok(Math.abs(Number(got) - Number(value)) <= 1e-12 * Number(value), `${name}: ${got}, Python ${value}`);
  }
  assert.deepEqual({ ...report, tokens: null }, { ...expected, tokens: null });
}

test('JSON Lines: rows, columns, tokens, empty and duplicate rows as counted in Python', async () => {
  const options = { tokenizer, maxSeqLength: recorded.max_seq_length };
  const one = await inspectData([ROWS], options);
  compare(one, recorded.one);
  assert.deepEqual(
    one.bad_rows.map(({ line, byte }) => ({ line, byte })),
    recorded.bad,
  );
  compare(await inspectData([ROWS, MORE], options), recorded.two);
});

test('bad rows are told by file, line and byte: packed, after a byte order mark, with \\r\\n', async (t) => {
  const folder = await folderFor(t);
  const text = '\ufeff{"text": "é"}\r\n\r\n{"text": \r\n[]\r\n{"text": "b"}';
  const [plain, packed] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl.gz')];
  await writeFile(plain, text);
  await writeFile(packed, gzipSync(text));
  const { rows, bad_rows } = await inspectData([plain, packed], {});
  assert.equal(rows, 4);
  const bytes = Buffer.from(text);
  for (const [i, file] of [plain, packed].entries()) {
    const [first, second] = bad_rows.slice(2 * i, 2 * i + 2);
    assert.deepEqual([first?.file, first?.line, first?.byte], [file, 3, bytes.indexOf('{"text": \r')]);
    assert.deepEqual([second?.line, second?.byte, second?.reason], [4, bytes.indexOf('[]'), 'not a JSON object']);
  }
});

test('CSV: types, nulls, and rows with too few or too many fields', async (t) => {
  const path = join(await folderFor(t), 'x.csv');
  const lines = [
    'id,text,score,day',
    '1,one,2.5,2024-02-29',
    '2,"two, ""too""",-1,2023-01-01',
    '3,three',
    '4,one,,',
    '5,a,b,c,d',
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  const { rows, columns, bad_rows, duplicate_rows } = await inspectData([path], {});
  assert.equal(rows, 3);
  assert.equal(duplicate_rows, 1);
  assert.deepEqual(columns, [
    { name: 'id', type: 'int64', nulls: 0, distinct: 3, min: 1, max: 4 },
    { name: 'text', type: 'string', nulls: 0, distinct: 2, min: 'one', max: 'two, "too"' },
    { name: 'score', type: 'float64', nulls: 1, distinct: 2, min: -1, max: 2.5 },
    { name: 'day', type: 'date', nulls: 1, distinct: 2, min: '2023-01-01', max: '2024-02-29' },
  ]);
  const place = (line: number) => lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  assert.deepEqual(
    bad_rows.map(({ line, byte }) => [line, byte]),
    [
      [4, place(4)],
      [6, place(6)],
    ],
  );
});

test('text, Parquet with lists, and a table without text', async (t) => {
  const folder = await folderFor(t);
  const text = join(folder, 'x.txt');
  await writeFile(text, 'b\n\n \na\nb\n');
  const plain = await inspectData([text], { tokenizer });
  assert.deepEqual([plain.rows, plain.duplicate_rows, plain.empty_rows], [3, 1, 0]);
  assert.deepEqual(plain.columns, [{ name: 'text', type: 'string', nulls: 0, distinct: 2, min: 'a', max: 'b' }]);
  const parquet = join(folder, 'x.parquet');
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(
    `COPY (SELECT i AS n, [i, 1] AS pair, i % 2 = 0 AS even FROM range(5) t(i)) TO '${parquet}' (FORMAT parquet)`,
  );
  const { rows, columns, tokens } = await inspectData([parquet], { tokenizer });
  assert.equal(rows, 5);
  assert.deepEqual(
    columns.map(({ name, type, distinct, min, max }) => [name, type, distinct, min, max]),
    [
      ['n', 'int64', 5, 0, 4],
      ['pair', 'list', 5, null, null],
      ['even', 'bool', 2, false, true],
    ],
  );
  assert.equal(tokens?.total ?? 0, 0);
  await assert.rejects(inspectData([parquet], { column: 'text' }), /no column "text"/);
});

test('hashes: many values stay apart, and their number is estimated within 3 %', () => {
  const set = new HashSet64();
  const estimate = new DistinctEstimate();
  const count = 200_000;
  for (let i = 0; i < count; i++) {
    const hash = hash64(`value ${i}`);
    assert.ok(set.add(hash));
    estimate.add(hash);
  }
  assert.equal(set.size, count);
  for (let i = 0; i < 1000; i++) {
    assert.ok(set.has(hash64(`value ${i}`)));
    assert.ok(!set.has(hash64(`other ${i}`)));
    estimate.add(hash64(`value ${i}`));
  }
  // four standard errors
  assert.ok(Math.abs(estimate.count - count) < 0.033 * count, `${estimate.count}`);
});
