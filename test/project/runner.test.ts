// The test runner itself: what it counts, and that nothing that goes wrong is counted as a pass.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { runTestFiles } from '../support/run-test-files.mjs';

const folder = mkdtempSync(path.join('test', 'project', 'fixture-'));
after(() => rmSync(folder, { recursive: true }));

test('passes, failures and skips are counted, suites are not', async () => {
  const counts = await run(`
    import test, { describe, it } from 'node:test';
    test('a', () => {});
    test('b', () => { throw new Error('b'); });
    test('c', { skip: true }, () => {});
    test('d', { todo: true }, () => { throw new Error('d'); });
    describe('suite', () => { it('e', () => {}); it('f', () => { throw new Error('f'); }); });
  `);
  assert.deepEqual(counts, { passed: 2, failed: 2, skipped: 2 });
});

test('a file that cannot be loaded, ends early, or holds no tests fails', async () => {
  for (const source of [
    "import './missing.ts';",
    "import test from 'node:test'; test('a', () => process.exit(0));",
    '',
  ]) {
    assert.deepEqual(await run(source), { passed: 0, failed: 1, skipped: 0 }, source);
  }
});

test('a file that does not end is ended, and fails', async () => {
  const counts = await run("import test from 'node:test'; test('a', () => { setInterval(() => {}, 1000); });", 3000);
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
});

async function run(source: string, timeout = 60_000) {
  const file = path.join(folder, 'x.ts');
  writeFileSync(file, source);
  const { log } = console;
  console.log = () => {};
  try {
    return await runTestFiles([file], { concurrency: 1, timeout });
  } finally {
    console.log = log;
  }
}
