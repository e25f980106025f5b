// A file that brings the engine down: asked for again once, then left alone until a person wants it.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CrashGuard } from '../../src/host/crash-guard.ts';
import { buildEngine, type TestEngine } from '../engine/support.ts';

let running: TestEngine;
let folder: string;
before(async () => {
  running = await buildEngine();
  folder = await mkdtemp(join(tmpdir(), 'cloze-guard-'));
});
after(async () => {
  await running.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Ends the engine as a crash does, each time it has begun to read. */
async function killWhileReading(times: number): Promise<void> {
  for (let killed = 0; killed < times; ) {
    const { pid } = running.engine;
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      killed++;
      while (running.engine.pid === pid) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('one crash is survived, a second one is told, and nothing is tried again unasked', async () => {
  const path = join(folder, 'rows.jsonl');
  await writeFile(path, Array.from({ length: 200_000 }, (_, i) => `{"text": "row ${i}"}`).join('\n'));
  const source = { files: [path], cache: join(folder, 'cache') };
  const guard = new CrashGuard(running.engine, 'rows.jsonl');

  const survived = guard.call('dataset.open', { source });
  await killWhileReading(1);
  assert.equal((await survived).rows, 200_000);

  await rm(join(folder, 'cache'), { recursive: true });
  await writeFile(path, Array.from({ length: 200_000 }, (_, i) => `{"text": "line ${i}"}`).join('\n'));
  const refused = assert.rejects(guard.call('dataset.open', { source }), {
    code: 'crashed',
    message: /stopped twice while it worked on rows\.jsonl/,
  });
  await killWhileReading(1);
  await refused;
  const before = running.lines.length;
  await assert.rejects(
    guard.call('dataset.count', { source, view: { search: '', filters: [], condition: '', sort: null } }),
    {
      code: 'crashed',
    },
  );
  assert.equal(running.lines.length, before, 'no engine was started for it');

  // another file is not blamed for it
  const other = new CrashGuard(running.engine, 'other.txt');
  await writeFile(join(folder, 'other.txt'), 'one\ntwo\n');
  const { rows } = await other.call('dataset.open', { source: { ...source, files: [join(folder, 'other.txt')] } });
  assert.equal(rows, 2);

  guard.forgive();
  assert.equal((await guard.call('dataset.open', { source })).rows, 200_000);
});
