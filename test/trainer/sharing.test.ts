// push_to_hub in the background: the trainer has the token from its environment, and nothing of the upload hurts the run.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { readLock } from '../../src/runs/files.ts';
import { readRun } from '../../src/runs/read-run.ts';
import { startRun } from '../../src/runs/start.ts';
import { HubServer } from '../hub/hub-server.ts';
import { type Bench, ended, setUpBench, until } from './support.ts';

const TOKEN = 'hf_aSecretThatNobodyMaySee';

describe('a run that shares itself in the background', () => {
  let bench: Bench;
  let hub: HubServer;
  before(async () => {
    bench = await setUpBench();
    hub = await HubServer.start({ [TOKEN]: 'tester' });
    for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH']) delete process.env[name];
    Object.assign(process.env, { HF_ENDPOINT: hub.url, HF_HOME: bench.folder });
  });
  beforeEach(() => hub.reset());
  after(async () => {
    await hub.stop();
    await bench.dispose();
  });

  async function start(name: string, token?: string): Promise<string> {
    const args = bench.argumentsFor(name, { push_to_hub: true, hub_strategy: 'end', max_steps: 2 });
    await startRun({ args, clozeVersion: '0.1.0' }, bench.trainer, token);
    return join(bench.folder, 'runs', name);
  }

  const uploading = () =>
    until(
      async () => hub.seen,
      (seen) => seen.some(({ path }) => path.startsWith('/storage/')),
    );

  it('tells in run.json where its model is, and keeps the token to itself', async () => {
    const folder = await start('shared', TOKEN);
    const { state, run } = await ended(folder);
    assert.equal(state, 'finished');
    assert.equal(run.message, `Shared: ${hub.url}/tester/shared`);
    assert.deepEqual(hub.repos.get('tester/shared')?.commits, ['End of training']);
    for (const name of await readdir(bench.folder, { recursive: true })) {
      const path = join(bench.folder, name);
      if ((await stat(path)).isFile()) assert.ok(!(await readFile(path)).includes(TOKEN), name);
    }
  });

  it('without a token it is finished, and tells how to share it', async () => {
    const { state, run } = await ended(await start('none'));
    assert.equal(state, 'finished');
    assert.match(run.message ?? '', /was not shared.*there is none.*HF_TOKEN.*cloze push/s);
  });

  it('is finished as soon as the model is saved, even if its process is killed while it uploads', async () => {
    hub.slowness = 60_000;
    const folder = await start('killed', TOKEN);
    await uploading();
    const pid = (await readLock(folder))?.pid;
    assert.ok(pid);
    if (process.platform === 'linux') {
      assert.ok(!(await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(TOKEN), 'the token is an argument');
    }
    process.kill(pid, 'SIGKILL');
    assert.equal((await readRun(folder)).state, 'finished');
  });

  it('gives up the upload when its process is asked to end', async () => {
    hub.slowness = 60_000;
    const folder = await start('ended', TOKEN);
    await uploading();
    const pid = (await readLock(folder))?.pid;
    assert.ok(pid);
    process.kill(pid, 'SIGTERM');
    const { state, run } = await until(
      () => readRun(folder),
      (summary) => summary.run.message !== undefined,
    );
    assert.equal(state, 'finished');
    assert.match(run.message ?? '', /was not shared. Cancelled/);
    await ended(folder);
  });
});
