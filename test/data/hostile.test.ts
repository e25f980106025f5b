// Files that are not what they seem: each gives its readable part or an error with the way out, in bounded memory.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGzip, gzipSync } from 'node:zlib';
import { firstRows } from '../../src/data/store/first-rows.ts';
import { openStore } from '../../src/data/store/store-cache.ts';
import { inspectData } from '../../src/inspect/data-report.ts';
import { WHOLE_VIEW } from '../../src/protocol/dataset.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-hostile-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

/** First rows and all rows are both refused, in words that say what to do, and nothing is left behind. */
async function refused(path: string, message: RegExp): Promise<void> {
  const cache = join(folder, 'cache');
  for (const attempt of [() => firstRows([path], cache, 100), () => openStore([path], cache, {})]) {
    await assert.rejects(attempt(), (error: Error & { wayOut?: string }) => {
      assert.equal(error.name, 'ClozeError');
      assert.match(error.message, message);
      assert.ok(error.wayOut, error.message);
      assert.ok(!/\n|scratch-/.test(error.message), error.message);
      return true;
    });
  }
  assert.deepEqual(
    (await readdir(cache).catch(() => [])).filter((name) => name.startsWith('scratch-')),
    [],
  );
}

/** Good rows, bad rows, and the first cells of the first column. */
async function readable(path: string): Promise<[rows: number, bad: number, cells: unknown[]]> {
  const cache = join(folder, 'cache');
  assert.ok((await firstRows([path], cache, 100)).columns.length > 0);
  const store = await openStore([path], cache, {});
  const { cells } = await store.page(WHOLE_VIEW, 0, 5, [0]);
  const found: [number, number, unknown[]] = [store.rows, store.badRows, cells.flat()];
  await store.close();
  return found;
}

test('Parquet: empty, cut off, of another kind, with a footer that lies', async () => {
  await refused(await file('empty.parquet', ''), /empty\.parquet could not be read/);
  await refused(await file('text.parquet', 'id,text\n1,a\n'.repeat(9)), /could not be read/);
  const lies = Buffer.concat([
    Buffer.from('PAR1'),
    Buffer.alloc(64),
    Buffer.from([255, 255, 255, 127]),
    Buffer.from('PAR1'),
  ]);
  await refused(await file('lies.parquet', lies), /could not be read/);
  const encrypted = Buffer.concat([
    Buffer.from('PARE'),
    Buffer.alloc(64),
    Buffer.from([9, 0, 0, 0]),
    Buffer.from('PARE'),
  ]);
  await refused(await file('encrypted.parquet', encrypted), /could not be read/);
});

test('text and tables in other encodings, other kinds, other line ends', async () => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  for (const name of ['a.csv', 'a.json', 'a.jsonl', 'a.txt'])
    await refused(await file(name, utf16('text\na\n')), /UTF-16/);
  await refused(await file('elf.txt', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0])), /no text file/);
  await refused(await file('blank.txt', '\n \n\n'), /holds no row/);
  await refused(await file('nothing.jsonl', ''), /holds no row/);
  assert.deepEqual(await readable(await file('cr.csv', 'text,n\ra,1\rb,2\r')), [2, 0, ['a', 'b']]);
  assert.deepEqual(await readable(await file('bom.csv', '\ufefftext,n\na,1\n')), [1, 0, ['a']]);
  assert.deepEqual(await readable(await file('dates.csv', 'text,day\na,0000-00-00\nb,99999-99-99\n')), [
    2,
    0,
    ['a', 'b'],
  ]);
});

test('JSON that other readers choke on: numbers too large, keys twice, halves of pairs, not a number', async () => {
  assert.deepEqual(
    (await readable(await file('big.jsonl', '{"n": 123456789012345678901234567890}\n{"n": 2}\n'))).slice(0, 2),
    [2, 0],
  );
  assert.deepEqual(await readable(await file('twice.jsonl', '{"text": "a", "text": "b"}\n')), [1, 0, ['b']]);
  assert.deepEqual(await readable(await file('half.jsonl', '{"text": "\\udc00"}\n')), [1, 0, ['\ufffd']]);
  const deep = `{"text": "x", "a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  assert.deepEqual(await readable(await file('deep.jsonl', `{"text": "a"}\n${deep}\n{"text": "b"}\n`)), [
    2,
    1,
    ['a', 'b'],
  ]);
  await refused(await file('deep.json', `[${deep}]`), /lists or objects within each other/);
  assert.equal((await inspectData([join(folder, 'deep.jsonl')], {})).bad_rows[0]?.line, 2);
  // as Python's json: not a number is a number
  const [rows, bad] = await readable(await file('nan.jsonl', '{"x": NaN, "text": "NaN"}\n{"x": -Infinity}\n'));
  assert.deepEqual([rows, bad], [2, 0]);
  const report = await inspectData([join(folder, 'nan.jsonl')], {});
  assert.deepEqual([report.rows, report.bad_rows], [2, []]);
  assert.equal(report.columns.find(({ name }) => name === 'text')?.min, 'NaN');
});

test('10,000 columns, and a cell of 20 MB', async () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
  const wide = await file('wide.csv', `${names.join(',')}\n${names.map((_, i) => i).join(',')}\n`);
  assert.deepEqual(await readable(wide), [1, 0, ['0']]);
  const told = await inspectData([wide], {});
  assert.equal(told.columns.length, 10_000);
  assert.deepEqual(told.columns[7], { name: 'c7', type: 'int64', nulls: 0, distinct: 1, min: 7, max: 7 });
  const long = 'y'.repeat(20_000_000);
  const [rows, bad, cells] = await readable(await file('cell.jsonl', `{"text": "${long}"}\n{"text": "b"}\n`));
  assert.deepEqual([rows, bad], [2, 0]);
  assert.deepEqual(cells, [{ cut: long.slice(0, 300), length: long.length }, 'b']);
});

test('a line of 200 MB and a packed line without end: other rows or an error, within memory', async () => {
  const long = join(folder, 'long.jsonl');
  const handle = await open(long, 'w');
  await handle.write('{"text": "first"}\n{"text": "');
  for (let i = 0; i < 200; i++) await handle.write(Buffer.alloc(1 << 20, 'x'));
  await handle.write('"}\n{"text": "last"}\n');
  await handle.close();
  const told = await dataOf(long);
  assert.equal(told.code, 0);
  const report = JSON.parse(told.stdout);
  assert.equal(report.rows, 2);
  assert.deepEqual(report.bad_rows, [{ line: 2, byte: 18, reason: 'longer than 64 MB' }]);
  assert.ok(told.megabytes < 700, `${told.megabytes} MB`);

  const bomb = join(folder, 'bomb.txt.gz');
  const block = Buffer.alloc(1 << 20, 'x');
  await pipeline(
    (function* () {
      for (let i = 0; i < 1200; i++) yield block;
    })(),
    createGzip(),
    createWriteStream(bomb),
  );
  const refusal = await dataOf(bomb);
  assert.equal(refusal.code, 1);
  assert.match(refusal.stderr, /^cloze data: .*more than 1 GB: it is no text file.*\n$/);
  assert.ok(refusal.megabytes < 700, `${refusal.megabytes} MB`);
});

test('a file that shrinks while it is looked at keeps the rows that were read', async () => {
  const path = await file('shrinks.jsonl', '{"text": "a"}\n'.repeat(1000));
  const store = await openStore([path], join(folder, 'cache'), {});
  await writeFile(path, '{"te');
  assert.equal((await store.page(WHOLE_VIEW, 900, 100, [0])).cells.length, 100);
  await store.close();
});

test('a packed table that is none is refused', async () => {
  await refused(await file('a.csv.gz', 'this is not packed'), /not whole gzip data|could not be read/);
  await refused(await file('b.json.gz', gzipSync('no JSON at all')), /could not be read/);
});

/** `cloze data FILE --format json` in a process of its own, with the most memory that it took. */
async function dataOf(path: string): Promise<{ code: number; stdout: string; stderr: string; megabytes: number }> {
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const peak = join(folder, 'peak');
  const tell = await file(
    'tell.mjs',
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS / 1000)));`,
  );
  const args = ['--import', 'tsx', '--import', tell, main, 'data', path, '--format', 'json'];
  const { code, stdout, stderr } = await promisify(execFile)(process.execPath, args).then(
    (done) => ({ code: 0, ...done }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { code, stdout, stderr, megabytes: Number(await readFile(peak, 'utf8')) };
}
