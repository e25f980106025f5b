// What windows see of the runs: they appear, change, break, vanish and die; one window tells of an end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ProgressFile, RunFile } from '../../src/protocol/runs.ts';
import { writeRunFile } from '../../src/runs/files.ts';
import { clozeHome } from '../../src/runs/home.ts';
import { acquireLock } from '../../src/runs/lock.ts';
import { appendLog } from '../../src/runs/log-history.ts';
import { claimNotification } from '../../src/runs/notify-once.ts';
import { processStart } from '../../src/runs/process-identity.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { registeredRuns, registerRun } from '../../src/runs/registry.ts';
import { type RunList, RunWatcher } from '../../src/runs/watch.ts';

describe('the list of runs', () => {
  let base: string;
  let home: string;
  let watcher: RunWatcher;
  let lists: RunList[];
  let told: () => void;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'cloze-watch-'));
    home = join(base, 'home');
    lists = [];
    told = () => {};
    watcher = new RunWatcher(
      (list) => {
        lists.push(list);
        told();
      },
      home,
      20,
    );
  });
  afterEach(async () => {
    watcher.dispose();
    await rm(base, { recursive: true });
  });

  async function make(id: string, more: Partial<RunFile> = {}): Promise<string> {
    const folder = join(base, 'runs', id);
    await mkdir(folder, { recursive: true });
    await write(folder, id, more);
    await registerRun(id, folder, home);
    return folder;
  }

  async function write(folder: string, id: string, more: Partial<RunFile>): Promise<void> {
    const run: RunFile = {
      format: 1,
      id,
      name: id,
      created: '2026-01-01T00:00:00.000Z',
      clozeVersion: '0.1.0',
      state: 'finished',
      model: 'm',
      data: [],
      args: {},
      ...more,
    };
    await writeRunFile(folder, run);
  }

  async function seen(isSo: (list: RunList) => boolean): Promise<RunList> {
    for (;;) {
      const last = lists.at(-1);
      if (last && isSo(last)) return last;
      await new Promise<void>((resolve) => {
        told = resolve;
      });
    }
  }

  const stateOf = (list: RunList, id: string) => list.runs.find(({ run }) => run.id === id)?.state;

  it('tells at once that there are none, then of each, newest first', async () => {
    await seen(({ runs }) => runs.length === 0);
    await make('older', { created: '2026-01-01T00:00:00.000Z' });
    await make('newer', { created: '2026-01-02T00:00:00.000Z' });
    const { runs } = await seen((list) => list.runs.length === 2);
    assert.deepEqual(
      runs.map(({ run }) => run.id),
      ['newer', 'older'],
    );
  });

  it('shows losses and progress as they come, and the end', async () => {
    const lock = await acquireLock(join(base, 'runs', 'one'));
    const folder = await make('one', { state: 'running' });
    await seen((list) => stateOf(list, 'one') === 'running');
    await appendLog(folder, { step: 1, loss: 3.5 });
    await appendLog(folder, { step: 1, eval_loss: 3.25 });
    const progress: ProgressFile = {
      phase: 'training',
      step: 1,
      maxSteps: 2,
      epoch: 0.5,
      numTrainEpochs: 1,
      tokensPerSecond: 10,
      secondsLeft: 1,
      skippedSteps: 0,
      updated: '2026-01-01T00:00:00.000Z',
    };
    await writeFile(join(folder, 'progress.json'), JSON.stringify(progress));
    const list = await seen(({ runs }) => runs[0]?.evalLoss === 3.25 && runs[0].progress !== null);
    assert.equal(list.runs[0]?.loss, 3.5);
    assert.deepEqual(list.runs[0]?.progress, progress);
    await write(folder, 'one', { state: 'finished' });
    await lock.release();
    await seen(({ runs }) => runs[0]?.state === 'finished');
    const states = new Set(lists.map((one) => stateOf(one, 'one')));
    assert.deepEqual(states, new Set([undefined, 'running', 'finished']));
  });

  it('says nothing while nothing changes', async () => {
    const lock = await acquireLock(join(base, 'runs', 'one'));
    await make('one', { state: 'running' });
    await seen((list) => stateOf(list, 'one') === 'running');
    const { length } = lists;
    for (let beat = 0; beat < 5; beat++) {
      lock.beat();
      await watcher.refresh();
    }
    assert.equal(lists.length, length);
    await lock.release();
  });

  it('shows a run as crashed when its owner dies, though no file changes', async () => {
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    const pid = child.pid as number;
    const folder = await make('one', { state: 'running' });
    const lock = { pid, processStart: await processStart(pid), host: hostname(), heartbeat: new Date().toISOString() };
    await writeFile(join(folder, 'lock.json'), JSON.stringify(lock));
    await seen((list) => stateOf(list, 'one') === 'running');
    child.kill('SIGKILL');
    await seen((list) => stateOf(list, 'one') === 'crashed');
  });

  it('names what is wrong with a damaged run, and goes on with the others', async () => {
    const folder = await make('bad');
    await make('good');
    await seen(({ runs }) => runs.length === 2);
    for (const [content, problem] of [
      ['{"format": 1, "id"', /run\.json is damaged: it is not JSON/],
      ['[]', /run\.json is damaged or of another version/],
      ['{"format": 2}', /another version \(format/],
    ] as const) {
      await writeFile(join(folder, 'run.json'), content);
      await watcher.refresh();
      const list = await seen(({ broken }) => problem.test(broken[0]?.problem ?? ''));
      assert.equal(list.runs.length, 1);
    }
    await write(folder, 'bad', {});
    await watcher.refresh();
    await seen(({ runs, broken }) => runs.length === 2 && broken.length === 0);
  });

  it('drops a deleted folder for good, and one out of reach until it is back', async () => {
    const deleted = await make('deleted');
    await make('kept');
    await seen(({ runs }) => runs.length === 2);
    await rm(deleted, { recursive: true });
    await watcher.refresh();
    await seen(({ runs }) => runs.length === 1);
    assert.deepEqual(await readdir(join(home, 'runs')), ['kept.json']);
    await rename(join(base, 'runs'), join(base, 'unmounted'));
    await watcher.refresh();
    await seen(({ runs, broken }) => runs.length === 0 && broken.length === 0);
    await rename(join(base, 'unmounted'), join(base, 'runs'));
    await watcher.refresh();
    await seen(({ runs }) => runs.length === 1);
  });

  it('passes over damaged entries', async () => {
    await make('one');
    await writeFile(join(home, 'runs', 'x.json'), '{');
    await writeFile(join(home, 'runs', 'y.json'), 'null');
    await writeFile(join(home, 'runs', 'z.json'), '{"folder": 1}');
    assert.deepEqual(
      (await registeredRuns(home)).map(({ id }) => id),
      ['one'],
    );
  });

  it('lets one window tell of an end, and of the next end again', async () => {
    const folder = await make('one', { state: 'paused', ended: '2026-01-01T01:00:00.000Z' });
    const first = await readRun(folder);
    const claims = await Promise.all([1, 2, 3].map(() => claimNotification(first, home)));
    assert.deepEqual(claims.sort(), [false, false, true]);
    await write(folder, 'one', { state: 'finished', ended: '2026-01-01T02:00:00.000Z' });
    assert.equal(await claimNotification(await readRun(folder), home), true);
  });

  it('is kept in $CLOZE_HOME, or where the platform keeps an application’s state', () => {
    assert.equal(clozeHome({ CLOZE_HOME: '/x' }), '/x');
    assert.equal(clozeHome({ XDG_STATE_HOME: '/state' }, 'linux'), join('/state', 'cloze'));
    assert.equal(clozeHome({ LOCALAPPDATA: 'C:\\local' }, 'win32'), join('C:\\local', 'cloze'));
    assert.match(clozeHome({}, 'darwin'), /Library.Application Support.cloze$/);
  });
});
