// Killed again and again, at random moments and in the middle of saving, with dropout: the losses stay, bit for bit.
import assert from 'node:assert/strict';
import { existsSync, watch } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readLock } from '../../src/runs/files.ts';
import { readLogHistory } from '../../src/runs/log-history.ts';
import { resumeRun, startRun } from '../../src/runs/start.ts';
import { tinyModel } from '../train/support.ts';
import { type Bench, ended, setUpBench, until, withoutTimes } from './support.ts';

let bench: Bench;
before(async () => {
  bench = await setUpBench();
});
after(() => bench?.dispose());

test('three kills at any moment, and as many in the middle of saving', async () => {
  const model_name_or_path = await tinyModel(bench.folder, 0.1);
  const args = (name: string) =>
    bench.argumentsFor(name, {
      model_name_or_path,
      max_steps: 160,
      save_steps: 4,
      save_total_limit: 2,
      logging_steps: 1,
      eval_strategy: 'steps',
      eval_steps: 10,
      per_device_train_batch_size: 4,
    });
  const start = async (name: string) => {
    const given = args(name);
    // to be watched from its first moment
    await mkdir(String(given.output_dir), { recursive: true });
    return { given, folder: String(given.output_dir) };
  };

  const { given, folder: whole } = await start('whole');
  await startRun({ args: given, clozeVersion: '0.1.0' }, bench.trainer);
  assert.equal((await ended(whole)).state, 'finished');

  const { given: again, folder } = await start('killed');
  const moments: string[] = [];
  let halfSaved = 0;
  for (let kill = 0; kill < 6 || (halfSaved < 3 && kill < 20); kill++) {
    const saving = kill % 2 === 1 || kill > 5 ? startOfSave(folder) : null;
    if (kill === 0) await startRun({ args: again, clozeVersion: '0.1.0' }, bench.trainer);
    else await resumeRun(folder, bench.trainer);
    const before = (await readLogHistory(folder)).at(-1)?.step ?? 0;
    if (saving) await saving;
    // past what it had reached, so that it comes to an end
    else
      await until(
        () => readLogHistory(folder),
        (log) => (log.at(-1)?.step ?? 0) > before,
      );
    const wait = Math.random() * (saving ? 4 : 150);
    await new Promise((resolve) => setTimeout(resolve, wait));
    const lock = await readLock(folder);
    if (lock) process.kill(lock.pid, 'SIGKILL');
    const { state } = await ended(folder);
    const names = await readdir(folder);
    const half = names.some((name) => /^checkpoint-\d+\.(tmp|old)$/.test(name));
    if (half) halfSaved++;
    moments.push(`${saving ? 'saving' : 'training'} +${wait.toFixed(1)} ms: ${state}, ${half ? 'half' : 'no'} save`);
    assert.equal(state, 'crashed', moments.join('\n'));
  }
  await resumeRun(folder, bench.trainer);
  assert.equal((await ended(folder)).state, 'finished', moments.join('\n'));
  assert.deepEqual(
    withoutTimes(await readLogHistory(folder)),
    withoutTimes(await readLogHistory(whole)),
    moments.join('\n'),
  );
  assert.ok(halfSaved >= 3, `too few kills came in the middle of saving:\n${moments.join('\n')}`);
  const [a, b] = await Promise.all([whole, folder].map((place) => weightsOf(place)));
  assert.ok(a?.equals(b as Buffer), moments.join('\n'));
});

/** Resolves when the process begins to write a checkpoint that was not there. */
function startOfSave(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, (_event, name) => {
      // what is put right after a kill shows here too
      if (!/^checkpoint-\d+\.tmp$/.test(name ?? '') || !existsSync(join(folder, name ?? ''))) return;
      watcher.close();
      resolve();
    });
  });
}

const weightsOf = (folder: string): Promise<Buffer> => readFile(join(folder, 'model.safetensors'));
