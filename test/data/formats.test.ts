// What people's files look like: Zstandard, Arrow, save_to_disk folders, and text that is partly damaged.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expandFiles } from '../../src/data/expand-files.ts';
import { findSplits } from '../../src/data/find-splits.ts';
import { LONGEST_LINE, readLineBatches } from '../../src/data/lines.ts';
import { openText } from '../../src/data/open.ts';
import { openStore } from '../../src/data/store/store-cache.ts';
import type { BadRow } from '../../src/data/types.ts';
import { inspectData } from '../../src/inspect/data-report.ts';
import { WHOLE_VIEW } from '../../src/protocol/dataset.ts';

/** Made by pyarrow and by save_to_disk of Hugging Face's datasets, see the rows below. */
const ARROW = fileURLToPath(new URL('arrow', import.meta.url));
const TEXTS = Array.from({ length: 10 }, (_, i) => (i === 3 ? null : i === 4 ? '' : `row ${i} é 😀`));

/** Compressed by Python's zstandard. */
const TEXT_ZST = 'KLUv/SQKUQAAYQoKYiDDqQpjChlMmIM='; // 'a\n\nb é\nc\n', with a checksum
const CSV_ZST = 'KLUv/SAa0QAAdGV4dCxuCm9uZSwxCiJ0d28sIHRvbyIsMgo='; // text,n / one,1 / "two, too",2
/** 20,000 lines of {"text": "xxxx…"}, fifty x each. */
const LARGE_ZST =
  'KLUv/aDgORMAzAAAcHsidGV4dCI6ICJ4In0KAgC+/0LIhxHwAkwAAAh4AQD8/zkQAkwAAAgiAQD8/zkQAkwAAAh4AQD8/zkQAkwAAAh0AQD8/zkQAkwAAAh4AQD8/zkQAkwAAAhlAQD8/zkQAkwAAAh4AQD8/zkQAkwAAAh4AQD8/zkQAk0AAAh4AQDcOTkQAg==';

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-formats-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function textsOf(path: string): Promise<{ texts: (string | null)[]; bad: BadRow[] }> {
  const source = await openText(path);
  const bad: BadRow[] = [];
  const texts: (string | null)[] = [];
  for await (const batch of source.rows((row) => bad.push(row))) texts.push(...batch);
  source.close();
  return { texts, bad };
}

test('Zstandard: lines and tables, of small and large files', async (t) => {
  const folder = await folderFor(t);
  const file = async (name: string, base64: string) => {
    await writeFile(join(folder, name), Buffer.from(base64, 'base64'));
    return join(folder, name);
  };
  assert.deepEqual((await textsOf(await file('a.txt.zst', TEXT_ZST))).texts, ['a', '', 'b é', 'c']);
  assert.deepEqual((await textsOf(await file('a.csv.zst', CSV_ZST))).texts, ['one', 'two, too']);
  const large = await file('a.jsonl.zst', LARGE_ZST);
  const { texts, bad } = await textsOf(large);
  assert.equal(texts.length, 20_000);
  assert.ok(texts.every((text) => text === 'x'.repeat(50)) && bad.length === 0);
  const store = await openStore([large], join(folder, 'cache'), {});
  assert.equal(store.rows, 20_000);
  await store.close();
  const cut = await file('cut.jsonl.zst', LARGE_ZST.slice(0, 120));
  const part = await textsOf(cut);
  assert.match(part.bad.at(-1)?.reason ?? '', /breaks off here/);
  await assert.rejects(textsOf(await file('no.txt.zst', 'bm8genN0ZA==')), /not whole Zstandard data/);
});

test('Arrow: file and stream format, types, missing values', async (t) => {
  const folder = await folderFor(t);
  assert.deepEqual((await textsOf(join(ARROW, 'file.arrow'))).texts, TEXTS);
  const store = await openStore([join(ARROW, 'file.arrow')], join(folder, 'cache'), {});
  t.after(() => store.close());
  assert.deepEqual(
    store.columns.map(({ name, type }) => [name, type]),
    [
      ['id', 'int64'],
      ['text', 'string'],
      ['score', 'float64'],
      ['ok', 'bool'],
      ['tags', 'list'],
      ['meta', 'struct'],
      ['when', 'timestamp'],
      ['label', 'int64'],
    ],
  );
  const { cells } = await store.page(WHOLE_VIEW, 0, 10, [...store.columns.keys()]);
  for (const [i, row] of cells.entries()) {
    assert.deepEqual(row, [
      String(i),
      TEXTS[i],
      row[2],
      String(i % 2 === 0),
      i % 2 ? `["a","b${i}"]` : '[]',
      `{"page":${i},"name":"n${i}"}`,
      `2024-01-${String(i + 1).padStart(2, '0')} 12:30:00`,
      String(i % 2),
    ]);
    assert.ok(Math.abs(Number(row[2]) - i / 3) < 1e-6);
  }
  await writeFile(join(folder, 'no.arrow'), 'ARROW1 and then nothing of it');
  await assert.rejects(textsOf(join(folder, 'no.arrow')), /not a whole Arrow file/);

  // four rows a batch: what comes before the cut is read
  const whole = await readFile(join(ARROW, 'file.arrow'));
  await writeFile(join(folder, 'cut.arrow'), await asStream(whole, 2));
  const { texts, bad } = await textsOf(join(folder, 'cut.arrow'));
  assert.deepEqual(texts, TEXTS.slice(0, 4));
  assert.match(bad[0]?.reason ?? '', /breaks off here/);
  const cut = await openStore([join(folder, 'cut.arrow')], join(folder, 'cache'), {});
  assert.deepEqual([cut.rows, cut.badRows], [4, 1]);
  await cut.close();
});

/** The first `batches` record batches of an Arrow file in stream format, the last one cut in half. */
async function asStream(file: Uint8Array, batches: number): Promise<Uint8Array> {
  const { RecordBatchReader, RecordBatchStreamWriter } = await import('apache-arrow');
  const reader = RecordBatchReader.from(file).open();
  const writer = new RecordBatchStreamWriter();
  const lengths: number[] = [];
  for (const batch of [...reader].slice(0, batches)) {
    writer.write(batch);
    lengths.push(batch.numRows);
  }
  writer.finish();
  const bytes = await writer.toUint8Array();
  assert.deepEqual(lengths, [4, 4]);
  return bytes.subarray(0, bytes.length - 200);
}

test('a folder of save_to_disk is one data set, or its splits', async () => {
  const train = join(ARROW, 'saved', 'train');
  const files = await expandFiles([train]);
  assert.deepEqual(
    files.map((file) => basename(file)),
    ['data-00000-of-00002.arrow', 'data-00001-of-00002.arrow'],
  );
  assert.deepEqual(await findSplits(join(ARROW, 'saved')), [
    { name: 'train', files },
    { name: 'validation', files: [join(ARROW, 'saved', 'validation', 'data-00000-of-00001.arrow')] },
  ]);
  await assert.rejects(expandFiles([join(ARROW, 'saved')]), /several splits: train, validation/);
  const report = await inspectData([files, await expandFiles([join(ARROW, 'saved', 'validation')])], {});
  assert.equal(report.rows, 13);
  assert.equal(report.leaks, 3);
  assert.equal(report.columns.find(({ name }) => name === 'id')?.distinct, 10);
});

test('a folder’s files make splits by the Hub’s names', async (t) => {
  const folder = await folderFor(t);
  await mkdir(join(folder, 'data'));
  for (const name of [
    'train-00001-of-00002.csv',
    'train-00000-of-00002.csv',
    'dev.csv',
    'test_set.csv',
    'readme.txt',
  ]) {
    await writeFile(join(folder, 'data', name), 'text\na\n');
  }
  const splits = await findSplits(folder);
  assert.deepEqual(
    splits.map(({ name, files }) => [name, files.map((file) => basename(file))]),
    [
      ['train', ['train-00000-of-00002.csv', 'train-00001-of-00002.csv']],
      ['validation', ['dev.csv']],
      ['test', ['test_set.csv']],
    ],
  );
});

test('lines that are no text are bad ones, the others are read', async (t) => {
  const folder = await folderFor(t);
  const bytes = Buffer.concat([
    Buffer.from('{"text": "é"}\r\n{"text": "'),
    Buffer.from([0xe9]),
    Buffer.from('"}\r\n{"text": "b"}\n{"text": "zero '),
    Buffer.from([0]),
    Buffer.from('"}\n{"text": "c"}'),
  ]);
  // past the first bytes, where zeros mean that it is no text at all
  const filler = Buffer.from(`${'{"text": "filler"}\n'.repeat(400)}`);
  const path = join(folder, 'a.jsonl');
  await writeFile(path, Buffer.concat([filler, bytes]));
  const { texts, bad } = await textsOf(path);
  assert.deepEqual(texts.slice(400), ['é', 'b', 'c']);
  assert.deepEqual(
    bad.map(({ line, reason }) => [line, reason]),
    [
      [402, 'not UTF-8 text'],
      [404, 'holds a zero byte'],
    ],
  );
  const report = await inspectData([path], {});
  assert.equal(report.rows, 403);
  const start = filler.length + Buffer.from('{"text": "é"}\r\n').length;
  assert.deepEqual(
    report.bad_rows.map(({ byte }) => byte),
    [start, start + 10 + 1 + 2 + 2 + Buffer.from('{"text": "b"}\n').length],
  );
  const store = await openStore([path], join(folder, 'cache'), {});
  assert.deepEqual([store.rows, store.badRows], [403, 2]);
  await store.close();
});

test('a line longer than memory should hold is a bad one', async (t) => {
  const folder = await folderFor(t);
  const path = join(folder, 'a.txt');
  const long = Buffer.alloc(LONGEST_LINE + (3 << 20), 'x');
  await writeFile(path, Buffer.concat([Buffer.from('first\n'), long, Buffer.from('\nlast\n')]));
  const found: string[] = [];
  const bad: [number, number, string][] = [];
  let line = 0;
  for await (const batch of readLineBatches(path)) {
    for (const [i, reason] of batch.bad) bad.push([line + i + 1, batch.byteOf(i), reason]);
    found.push(...batch.lines.filter((_, i) => !batch.bad.has(i)));
    line += batch.lines.length;
  }
  assert.deepEqual(found, ['first', 'last']);
  assert.deepEqual(bad, [[2, 6, 'longer than 64 MB']]);
});

test('packed data that breaks off gives the rows before the break', async (t) => {
  const folder = await folderFor(t);
  const rows = Array.from({ length: 5000 }, (_, i) => `{"text": "row ${i} ${(i * 7919) % 5000}"}\n`).join('');
  const whole = gzipSync(rows);
  const path = join(folder, 'a.jsonl.gz');
  await writeFile(path, whole.subarray(0, whole.length >> 1));
  const { texts, bad } = await textsOf(path);
  assert.ok(texts.length > 1000 && texts.length < 5000);
  assert.match(bad.at(-1)?.reason ?? '', /breaks off here/);
  const store = await openStore([path], join(folder, 'cache'), {});
  assert.equal(store.rows, texts.length);
  await store.close();
});

test('text in another encoding, and what is no text, is refused with the way out', async (t) => {
  const folder = await folderFor(t);
  const refused = async (name: string, bytes: Uint8Array, message: RegExp) => {
    await writeFile(join(folder, name), bytes);
    await assert.rejects(textsOf(join(folder, name)), message);
  };
  await refused('a.txt', Buffer.from('\ufeffa\nb\n', 'utf16le'), /UTF-16 text/);
  await refused('b.txt', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), /zero bytes/);
  assert.deepEqual(
    await (async () => {
      await writeFile(join(folder, 'c.txt'), 'only\rcarriage\rreturns');
      return (await textsOf(join(folder, 'c.txt'))).texts;
    })(),
    ['only', 'carriage', 'returns'],
  );
});
