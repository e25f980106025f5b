// The log history as it is written and followed: partial lines, resumes, replaced files, a reader beside a writer.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';
import { appendLog, LogTail, readLogHistory } from '../../src/runs/log-history.ts';

const steps = (entries: readonly { step: number }[]) => entries.map(({ step }) => step);

async function folderFor(t: { after(done: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-log-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('a resume drops the entries after its step, and tells how many stand', async (t) => {
  const folder = await folderFor(t);
  const tail = new LogTail(folder);
  assert.equal(await tail.read(), null);
  for (const step of [1, 2, 3, 4]) await appendLog(folder, { step, loss: 5 - step });
  assert.deepEqual(steps((await tail.read())?.added ?? []), [1, 2, 3, 4]);
  await appendLog(folder, { resumed_from: 2 });
  assert.deepEqual(await tail.read(), { kept: 2, added: [] });
  await appendLog(folder, { step: 3, loss: 0.5 });
  assert.deepEqual(await tail.read(), { kept: 2, added: [{ step: 3, loss: 0.5 }] });
  assert.deepEqual(steps(tail.entries), [1, 2, 3]);
  assert.deepEqual(steps(await readLogHistory(folder)), [1, 2, 3]);
});

test('an entry logged, dropped and logged anew between two looks is told once', async (t) => {
  const folder = await folderFor(t);
  const tail = new LogTail(folder);
  await appendLog(folder, { step: 1, loss: 1 });
  await tail.read();
  await appendLog(folder, { step: 2, loss: 2 });
  await appendLog(folder, { resumed_from: 0 });
  await appendLog(folder, { step: 1, loss: 3 });
  assert.deepEqual(await tail.read(), { kept: 0, added: [{ step: 1, loss: 3 }] });
});

test('half a line waits for its other half; what a killed process left of one is passed over', async (t) => {
  const folder = await folderFor(t);
  const path = join(folder, 'log_history.jsonl');
  const tail = new LogTail(folder);
  await writeFile(path, '{"step":1,"loss":1}\n{"step":2,"lo');
  assert.deepEqual(steps((await tail.read())?.added ?? []), [1]);
  await appendFile(path, 'ss":2}\n{"step":3,');
  assert.deepEqual(steps((await tail.read())?.added ?? []), [2]);
  await appendLog(folder, { step: 3, loss: 3 });
  assert.deepEqual((await tail.read())?.added, [{ step: 3, loss: 3 }]);
  assert.deepEqual(steps(await readLogHistory(folder)), [1, 2, 3]);
});

test('a file cut short or written anew is read anew', async (t) => {
  const folder = await folderFor(t);
  const path = join(folder, 'log_history.jsonl');
  const tail = new LogTail(folder);
  await writeFile(path, '{"step":1}\n{"step":2}\n{"step":3}\n');
  await tail.read();
  await truncate(path, 11);
  assert.deepEqual(await tail.read(), { kept: 0, added: [{ step: 1 }] });
  await writeFile(path, '{"step":7}\n{"step":8}\n{"step":9}\n');
  assert.deepEqual(steps((await tail.read())?.added ?? []), [7, 8, 9]);
  await rm(path);
  assert.deepEqual(await tail.read(), { kept: 0, added: [] });
});

test('lines that are no entries are passed over', async (t) => {
  const folder = await folderFor(t);
  const lines = ['null', '[1]', '"x"', '{}', '{"step":"1"}', '{"step":1,"loss":"x","epoch":2}', '\u0000\u0000'];
  await writeFile(join(folder, 'log_history.jsonl'), `${lines.join('\n')}\n`);
  assert.deepEqual(await readLogHistory(folder), [{ step: 1, epoch: 2 }]);
});

test('a reader beside a writer sees every entry once, whole and in order', async (t) => {
  const folder = await folderFor(t);
  const count = 400;
  const module = pathToFileURL(join(packageRoot(), 'src/runs/log-history.ts')).href;
  const script = `const { appendLog } = await import(${JSON.stringify(module)});
    for (let step = 1; step <= ${count}; step++) await appendLog(${JSON.stringify(folder)}, { step, loss: 1 / step });`;
  const writer = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    cwd: packageRoot(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let status: number | null = null;
  writer.once('close', (code) => {
    status = code;
  });
  const tail = new LogTail(folder);
  const seen: number[] = [];
  let looks = 0;
  while (seen.length < count) {
    const delta = await tail.read();
    assert.ok(delta === null || delta.kept === seen.length);
    for (const { step, loss } of delta?.added ?? []) {
      assert.equal(loss, 1 / step);
      seen.push(step);
    }
    if (delta) looks++;
    assert.ok(status === null || status === 0);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, i) => i + 1),
  );
  assert.ok(looks > 1);
});
