// Tokenized rows on disk: the same as in memory, used again, made anew when anything is not as it was.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { contentKey, contentOf } from '../../src/data/content-key.ts';
import { cachedRows } from '../../src/data/token-cache.ts';
import { MemoryRows, type RowSink, type TokenRow, type TokenRows } from '../../src/data/token-rows.ts';

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-cache-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Rows of 0 to 40 ids up to `most`, with starts of words. */
function someRows(count: number, most: number): TokenRow[] {
  return Array.from({ length: count }, (_, i) => {
    const length = (i * 13) % 41;
    return {
      ids: Int32Array.from({ length }, (_, k) => (i * 7919 + k * 104729) % (most + 1)),
      wordStarts: Uint8Array.from({ length }, (_, k) => ((i + k) % 3) & 1),
    };
  });
}

const filling = (rows: readonly TokenRow[]) => async (sink: RowSink) => {
  for (const row of rows) {
    sink.push(row);
    await sink.flush?.();
  }
  return { badRows: 3 };
};

const all = (rows: TokenRows) => Array.from({ length: rows.length }, (_, i) => rows.row(i));

for (const [idBytes, most] of [
  [2, 65535],
  [4, 250_001],
] as const) {
  test(`${idBytes} bytes an id: rows come back as they were, in any order, and the first of them`, async (t) => {
    const home = await temporaryFolder(t);
    // more than one piece of every file
    const rows = someRows(60_000, most);
    const format = { idBytes, wordStarts: true };
    const made = await cachedRows({ key: 'k', format, make: filling(rows), home });
    const memory = new MemoryRows();
    for (const row of rows) memory.push(row);
    assert.deepEqual([made.isOld, made.badRows], [false, 3]);
    assert.deepEqual([made.rows.length, made.rows.tokens], [memory.length, memory.tokens]);
    assert.deepEqual(all(made.rows), all(memory));
    for (const i of [59_999, 0, 31_415, 7]) assert.deepEqual(made.rows.row(i), memory.row(i));
    assert.equal(made.rows.first(100).tokens, memory.first(100).tokens);
    assert.equal(made.rows.first(100).length, 100);
    made.rows.close();
    const again = await cachedRows({ key: 'k', format, make: () => assert.fail('made anew'), home });
    assert.deepEqual([again.isOld, again.badRows], [true, 3]);
    assert.deepEqual(all(again.rows), all(memory));
    again.rows.close();
  });
}

test('a set that was cut short, or that is asked for anew, is made anew', async (t) => {
  const home = await temporaryFolder(t);
  const rows = someRows(500, 900);
  const format = { idBytes: 2, wordStarts: true } as const;
  const open = (overwrite = false) => cachedRows({ key: 'k', format, make: filling(rows), home, overwrite });
  (await open()).rows.close();
  for (const name of ['ids.bin', 'lengths.bin', 'words.bin', 'meta.json']) {
    const path = join(home, 'tokens', 'k', name);
    await truncate(path, (await stat(path)).size - 1);
    const { isOld, rows: read } = await open();
    assert.equal(isOld, false, name);
    assert.deepEqual(all(read), rows);
    read.close();
  }
  const kept = await open();
  assert.equal(kept.isOld, true);
  kept.rows.close();
  const anew = await open(true);
  assert.equal(anew.isOld, false);
  anew.rows.close();
});

test('rows that could not be made leave nothing behind', async (t) => {
  const home = await temporaryFolder(t);
  const make = async (sink: RowSink) => {
    sink.push({ ids: Int32Array.of(1, 2) });
    throw new Error('line 7 is bad');
  };
  await assert.rejects(
    cachedRows({ key: 'k', format: { idBytes: 2, wordStarts: false }, make, home }),
    /line 7 is bad/,
  );
  assert.deepEqual(await readdir(join(home, 'tokens')), []);
});

test('above the limit the least used sets give way, and what killed processes left', async (t) => {
  const home = await temporaryFolder(t);
  t.after(() => {
    delete process.env.CLOZE_CACHE_GB;
  });
  const format = { idBytes: 4, wordStarts: false } as const;
  const make = filling([{ ids: new Int32Array(25_000) }]); // 100 kB
  const add = async (key: string) => (await cachedRows({ key, format, make, home })).rows.close();
  const past = async (name: string, days: number) => {
    const time = new Date(Date.now() - days * 24 * 3600 * 1000);
    await utimes(join(home, 'tokens', name), time, time);
  };
  for (const [key, days] of [
    ['a', 5],
    ['b', 9],
    ['c', 7],
  ] as const) {
    await add(key);
    await past(`${key}/meta.json`, days);
  }
  await writeFile(join(home, 'tokens', 'left.tmp'), '');
  await past('left.tmp', 2);
  await writeFile(join(home, 'tokens', 'at-work.tmp'), '');
  process.env.CLOZE_CACHE_GB = '0.00035';
  await add('d');
  assert.deepEqual((await readdir(join(home, 'tokens'))).sort(), ['a', 'at-work.tmp', 'c', 'd']);
  // used now, so that it stays when the next one comes
  await add('c');
  await add('e');
  assert.deepEqual((await readdir(join(home, 'tokens'))).sort(), ['at-work.tmp', 'c', 'd', 'e']);
});

test('the key tells contents and settings apart, not places', async (t) => {
  const folder = await temporaryFolder(t);
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return contentOf(join(folder, name));
  };
  const one = await write('one.txt', 'The same text.');
  assert.equal(await write('other.txt', 'The same text.'), one);
  assert.notEqual(await write('third.txt', 'The same Text.'), one);
  assert.notEqual(await write('one.csv', 'The same text.'), one);
  const key = contentKey([one], { line: 128 });
  assert.equal(contentKey([one], { line: 128 }), key);
  assert.notEqual(contentKey([one], { line: 64 }), key);
  assert.notEqual(contentKey([one, one], { line: 128 }), key);
});
