// Rows on disk: pages, order, filters, search, summaries and exports agree with the same done by hand over the parsed file.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { firstRows } from '../../../src/data/store/first-rows.ts';
import type { RowStore } from '../../../src/data/store/row-store.ts';
import { openStore } from '../../../src/data/store/store-cache.ts';
import { summarizeColumn } from '../../../src/data/store/summarize-column.ts';
import { type DatasetCell, type DatasetView, WHOLE_VIEW } from '../../../src/protocol/dataset.ts';

interface Row {
  id: number;
  text: string | null;
  label: string;
  score: number;
  day: string;
  tags: string[];
  rowid: string;
}

/** Made by arithmetic: the same on every machine. */
const ROWS: Row[] = Array.from({ length: 2500 }, (_, i) => ({
  id: (i * 7919) % 2500,
  text:
    i % 11 === 0
      ? null
      : i % 13 === 0
        ? ''
        : i % 17 === 0
          ? ' \t\n'
          : `Row ${i} of naïve “text” ${'and more '.repeat(i % 50)}`,
  label: ['news', 'Sport', 'arts'][i % 3] as string,
  score: ((i * 31) % 97) / 8,
  day: `2024-01-${String((i % 28) + 1).padStart(2, '0')}`,
  tags: i % 5 === 0 ? [] : ['a', `b${i % 4}`],
  rowid: `r${i}`,
}));
const ALL = ROWS.map((_, i) => i);

let folder: string;
let store: RowStore;
const file = () => join(folder, 'rows.jsonl');
const cache = () => join(folder, 'cache');

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-rows-'));
  await writeFile(file(), ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''));
  store = await openStore([file()], cache(), {});
});
after(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function temporary(t: TestContext): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'cloze-rows-'));
  t.after(() => rm(place, { recursive: true, force: true }));
  return place;
}

const column = (name: keyof Row) => store.columns.findIndex((one) => one.name === name);
const whole = (cell: DatasetCell) => (cell !== null && typeof cell === 'object' ? cell.cut : cell);

async function places(view: Partial<DatasetView>): Promise<number[]> {
  const full = { ...WHOLE_VIEW, ...view };
  const found: number[] = [];
  const count = await store.count(full);
  for (let from = 0; from < count; from += 700) found.push(...(await store.page(full, from, 700, [])).rows);
  assert.equal(found.length, count);
  return found;
}

test('columns with their types: what looks like a date stays the text that it is', () => {
  assert.deepEqual(
    store.columns.map(({ name, type }) => [name, type]),
    [
      ['id', 'int64'],
      ['text', 'string'],
      ['label', 'string'],
      ['score', 'float64'],
      ['day', 'string'],
      ['tags', 'list'],
      ['rowid', 'string'],
    ],
  );
  assert.equal(store.rows, ROWS.length);
  assert.equal(store.badRows, 0);
});

test('a page holds the rows asked for: missing, empty, blank, long and nested values told apart', async () => {
  const { rows, cells } = await store.page(WHOLE_VIEW, 1210, 60, [column('text'), column('tags'), column('id')]);
  assert.deepEqual(rows, ALL.slice(1210, 1270));
  for (const [i, [text, tags, id]] of cells.entries()) {
    const row = ROWS[1210 + i] as Row;
    const length = [...(row.text ?? '')].length;
    if (row.text !== null && length > 300) {
      assert.deepEqual(text, { cut: [...row.text].slice(0, 300).join(''), length });
    } else assert.equal(text, row.text);
    assert.deepEqual(JSON.parse(whole(tags as DatasetCell) as string), row.tags);
    assert.equal(id, String(row.id));
  }
  const { text, length } = await store.cell(1249, column('text'), 1e6);
  assert.equal(text, ROWS[1249]?.text);
  assert.equal(length, [...(ROWS[1249]?.text ?? '')].length);
});

test('rows in order of a column, missing values last, equal ones as in the file', async () => {
  const by = (key: (row: Row) => string | number | null, sign: 1 | -1) =>
    [...ALL].sort((a, b) => {
      const [x, y] = [key(ROWS[a] as Row), key(ROWS[b] as Row)];
      if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
      return (x < y ? -1 : x > y ? 1 : 0) * sign || a - b;
    });
  assert.deepEqual(
    await places({ sort: { column: 'score', descending: true } }),
    by((row) => row.score, -1),
  );
  const texts = await places({ sort: { column: 'text', descending: false } });
  const bytes = (row: Row) => (row.text === null ? null : Buffer.from(row.text).toString('latin1'));
  assert.deepEqual(texts, by(bytes, 1));
});

test('filters, search and a condition leave the rows that fit', async () => {
  const fit = (test: (row: Row) => boolean) => ALL.filter((i) => test(ROWS[i] as Row));
  const filter = (name: keyof Row, test: DatasetView['filters'][number]['test'], value = '') => ({
    filters: [{ column: name, test, value }],
  });
  assert.deepEqual(
    await places(filter('text', 'is null')),
    fit(({ text }) => text === null),
  );
  assert.deepEqual(
    await places(filter('text', 'is empty')),
    fit(({ text }) => text === ''),
  );
  assert.deepEqual(
    await places(filter('text', 'is blank')),
    fit(({ text }) => text !== null && text !== '' && text.trim() === ''),
  );
  assert.deepEqual(
    await places(filter('score', 'at least', '11.5')),
    fit(({ score }) => score >= 11.5),
  );
  assert.deepEqual(
    await places(filter('label', 'not equals', 'news')),
    fit(({ label }) => label !== 'news'),
  );
  assert.deepEqual(
    await places(filter('text', 'contains', 'ROW 12')),
    fit(({ text }) => text?.includes('Row 12') ?? false),
  );
  assert.deepEqual(
    await places({ search: 'sPoRt' }),
    fit(({ label, text }) => label === 'Sport' || /sport/i.test(text ?? '')),
  );
  assert.deepEqual(
    await places({ condition: "length(text) > 200 AND label = 'arts' -- all of it" }),
    fit(({ label, text }) => label === 'arts' && [...(text ?? '')].length > 200),
  );
  assert.deepEqual(await places({ condition: "rowid = 'r7'" }), [7]);
  assert.equal(await store.find({ ...WHOLE_VIEW, ...filter('label', 'equals', 'arts') }, 8), 2);
  assert.equal(await store.find({ ...WHOLE_VIEW, ...filter('label', 'equals', 'arts') }, 9), null);
});

test('a condition cannot leave the table: no query in it, no other file, no settings', async () => {
  const attempts = [
    'id IN (SELECT 1)',
    "EXISTS (FROM read_text('/etc/passwd'))",
    "true) UNION SELECT content FROM read_text('/etc/passwd') --",
    'true; DROP TABLE rows',
    'true) OR (SELECT true FROM duckdb_settings()',
    'nothing_like_this > 1',
    '(',
  ];
  for (const condition of attempts) {
    await assert.rejects(
      store.count({ ...WHOLE_VIEW, condition }),
      { name: 'ClozeError', code: 'bad-argument' },
      condition,
    );
  }
  await assert.rejects(
    store.count({ ...WHOLE_VIEW, filters: [{ column: 'score', test: 'equals', value: '1) OR (1=1' }] }),
    {
      code: 'bad-argument',
    },
  );
  const quote = { column: 'label', test: 'equals', value: "' OR '1'='1" } as const;
  assert.equal(await store.count({ ...WHOLE_VIEW, filters: [quote] }), 0);
  assert.equal(store.rows, await store.count({ ...WHOLE_VIEW, condition: 'true' }));
});

test('a column in figures over the rows in view', async () => {
  const summary = (name: keyof Row, view = WHOLE_VIEW) =>
    store.over(view, (connection, table) => summarizeColumn(connection, table, store.columns, column(name)));
  const text = await summary('text');
  const texts = ROWS.map((row) => row.text);
  const there = texts.filter((one) => one !== null);
  assert.equal(text.nulls, texts.length - there.length);
  assert.equal(text.empty, there.filter((one) => one === '').length);
  assert.equal(text.blank, there.filter((one) => one !== '' && one.trim() === '').length);
  assert.equal(text.distinct, new Set(there).size);
  assert.equal(text.max, String(Math.max(...there.map((one) => [...one].length))));
  const score = await summary('score');
  const steps = new Array<number>(20).fill(0);
  for (const row of ROWS) {
    const step = Math.min(19, Math.floor((row.score / 12) * 20));
    steps[step] = (steps[step] as number) + 1;
  }
  assert.deepEqual([score.min, score.max, score.of], ['0', '12', 'values']);
  assert.deepEqual(score.histogram, steps);
  const label = await summary('label', { ...WHOLE_VIEW, condition: 'id < 100' });
  assert.equal(label.rows, 100);
  const few = ROWS.filter(({ id }) => id < 100);
  const counts = ['arts', 'news', 'Sport'].map((value) => ({
    value,
    rows: few.filter((row) => row.label === value).length,
  }));
  const order = (list: readonly { value: string; rows: number }[]) =>
    [...list].sort((a, b) => (a.value < b.value ? -1 : 1));
  assert.deepEqual(order(label.top), order(counts));
});

test('the rows in view are exported, in their order, with the columns chosen', async (t) => {
  const place = await temporary(t);
  const view = { ...WHOLE_VIEW, condition: 'score > 11', sort: { column: 'id', descending: true } };
  const expected = ROWS.filter(({ score }) => score > 11).sort((a, b) => b.id - a.id);
  const chosen = [column('id'), column('text'), column('tags')];
  const target = join(place, 'rows.jsonl');
  assert.equal(await store.export(view, chosen, 'jsonl', target), (await stat(target)).size);
  const lines = (await readFile(target, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    expected.map(({ id, text, tags }) => ({ id, text, tags })),
  );
  for (const format of ['csv', 'parquet'] as const) {
    const file = join(place, `rows.${format}`);
    await store.export(view, chosen, format, file);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const scan = format === 'csv' ? `read_csv('${file}', all_varchar = true)` : `read_parquet('${file}')`;
    const rows = (await connection.runAndReadAll(`SELECT id, text FROM ${scan}`)).getRowObjectsJson();
    connection.closeSync();
    instance.closeSync();
    assert.deepEqual(
      rows.map(({ id }) => Number(id)),
      expected.map(({ id }) => id),
    );
    // CSV has one way to write a missing text and an empty one
    const text = (one: unknown) => (format === 'csv' ? (one ?? '') : one);
    assert.deepEqual(
      rows.map((row) => text(row.text)),
      expected.map((row) => text(row.text)),
    );
  }
});

test('bad lines are kept with line, byte and reason; the others are rows', async (t) => {
  const place = await temporary(t);
  const text = '{"text": "é"}\n\n{"text": \n[1]\n{"text": "\\ud800 half", "n": 1}\n{"text": "b"}\n';
  for (const [name, bytes] of [
    ['a.jsonl', Buffer.from(text)],
    ['a.jsonl.gz', gzipSync(text)],
  ] as const) {
    await writeFile(join(place, name), bytes);
    const rows = await openStore([join(place, name)], join(place, 'cache'), {});
    t.after(() => rows.close());
    assert.equal(rows.rows, 3);
    const bad = await rows.badLines(10);
    assert.deepEqual(
      bad.map(({ line, byte }) => [line, byte]),
      [
        [3, Buffer.from('{"text": "é"}\n\n').length],
        [4, Buffer.from('{"text": "é"}\n\n{"text": \n').length],
      ],
    );
    const { cells } = await rows.page(WHOLE_VIEW, 0, 3, [0]);
    assert.deepEqual(cells.flat(), ['é', '\ufffd half', 'b']);
  }
});

test('CSV: rows with too few or too many fields are bad ones; text, tables and shards open too', async (t) => {
  const place = await temporary(t);
  await writeFile(join(place, 'a.csv'), 'text,n\n"a, b",1\nonly\nc,2,3\nd,4\n');
  const csv = await openStore([join(place, 'a.csv')], join(place, 'cache'), {});
  t.after(() => csv.close());
  assert.deepEqual([csv.rows, csv.badRows], [2, 2]);
  assert.deepEqual(
    (await csv.badLines(9)).map(({ line }) => line),
    [3, 4],
  );

  await writeFile(join(place, 'a.txt'), 'one\r\n\r\ntwo "quoted", and more\rthree');
  const lines = await openStore([join(place, 'a.txt')], join(place, 'cache'), {});
  t.after(() => lines.close());
  assert.deepEqual((await lines.page(WHOLE_VIEW, 0, 9, [0])).cells.flat(), ['one', 'two "quoted", and more', 'three']);

  await writeFile(join(place, 's-1.jsonl'), '{"text": "x"}\n');
  await writeFile(join(place, 's-2.jsonl'), '{"text": "y", "more": 1}\n');
  const shards = await openStore([join(place, 's-1.jsonl'), join(place, 's-2.jsonl')], join(place, 'cache'), {});
  t.after(() => shards.close());
  assert.deepEqual((await shards.page(WHOLE_VIEW, 0, 9, [0, 1])).cells, [
    ['x', null],
    ['y', '1'],
  ]);
});

test('first rows come without reading all of it', async () => {
  const start = await firstRows([file()], cache(), 5);
  assert.deepEqual(
    start.columns,
    store.columns.map(({ name, type }) => ({ name, type })),
  );
  assert.deepEqual(
    start.cells.map((cells) => cells[0]),
    ROWS.slice(0, 5).map(({ id }) => String(id)),
  );
  assert.equal(start.bytes, (await stat(file())).size);
});

test('rows are kept by path, size and time; what is kept longest goes first', async (t) => {
  const place = await temporary(t);
  const [kept, data] = [join(place, 'cache'), join(place, 'a.jsonl')];
  const databases = async () => (await readdir(kept)).filter((name) => name.endsWith('.duckdb'));
  await writeFile(data, '{"text": "a"}\n');
  await (await openStore([data], kept, {})).close();
  await (await openStore([data], kept, {})).close();
  const [first] = await databases();
  assert.equal((await databases()).length, 1);
  await writeFile(data, '{"text": "b"}\n');
  await utimes(data, new Date(), new Date(Date.now() + 5000));
  const again = await openStore([data], kept, {});
  assert.deepEqual((await again.page(WHOLE_VIEW, 0, 1, [0])).cells, [['b']]);
  await again.close();
  assert.equal((await databases()).length, 2);
  await writeFile(join(place, 'b.jsonl'), '{"text": "c"}\n');
  await (await openStore([join(place, 'b.jsonl')], kept, {}, 600_000)).close();
  assert.ok(!(await databases()).includes(first as string));
  // one that is damaged is made anew
  for (const name of await databases()) await writeFile(join(kept, name), 'no database');
  const healed = await openStore([data], kept, {});
  assert.equal(healed.rows, 1);
  await healed.close();
});

test('reading is cancelled, and says what cannot be read', async (t) => {
  const place = await temporary(t);
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(openStore([file()], join(place, 'cache'), { signal: controller.signal }), { code: 'cancelled' });
  await writeFile(join(place, 'no.parquet'), 'PAR1 but not really PAR1');
  await writeFile(join(place, 'empty.jsonl'), '\n\n');
  await writeFile(join(place, 'a.bin'), 'x');
  await assert.rejects(openStore([join(place, 'no.parquet')], join(place, 'cache'), {}), { code: 'bad-input' });
  await assert.rejects(openStore([join(place, 'empty.jsonl')], join(place, 'cache'), {}), /holds no row/);
  await assert.rejects(openStore([join(place, 'a.bin')], join(place, 'cache'), {}), { code: 'unsupported' });
  await assert.rejects(openStore([join(place, 'gone.csv')], join(place, 'cache'), {}), { code: 'not-found' });
  assert.deepEqual(
    (await readdir(join(place, 'cache'))).filter((name) => name.startsWith('scratch')),
    [],
  );
});
