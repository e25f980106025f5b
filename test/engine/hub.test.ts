// Sharing as the extension host asks for it: by the engine process, over IPC, against a Hub on this machine.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { packageRoot } from '../../src/base/package-root.ts';
import type { EngineClient } from '../../src/host/engine-client.ts';
import type { RemoteError } from '../../src/protocol/rpc.ts';
import { HubServer } from '../hub/hub-server.ts';
import { buildEngine, type TestEngine } from './support.ts';

const root = packageRoot();
const model = join(root, 'test/parity/models/bert');
const token = 'hf_aSecretThatNobodyMaySee';

describe('sharing by the engine', () => {
  let built: TestEngine;
  let engine: EngineClient;
  let hub: HubServer;

  before(async () => {
    hub = await HubServer.start({ [token]: 'tester' });
    built = await buildEngine();
    engine = built.engine;
    for (const name of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_TOKEN_PATH']) delete process.env[name];
    Object.assign(process.env, { HF_ENDPOINT: hub.url, HF_HOME: built.folder });
  });
  beforeEach(() => hub.reset());
  after(async () => {
    await built?.dispose();
    await hub?.stop();
  });

  const upload = {
    folder: model,
    repo: 'tester/bert',
    isPrivate: true,
    paths: ['config.json', 'model.safetensors'],
    token,
  };

  it('lists the files, suggests a repository, and uploads what was chosen', async () => {
    const files = await engine.call('hub.files', { folder: model });
    assert.deepEqual(
      files.map(({ path }) => path),
      ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'],
    );
    assert.equal(await engine.call('hub.hasToken', { token }), true);
    assert.equal(await engine.call('hub.suggest', { folder: model, token }), 'tester/bert');
    const phases = new Set<string>();
    const { url } = await engine.call('hub.push', upload, { onProgress: ({ phase }) => phases.add(phase) });
    assert.equal(url, `${hub.url}/tester/bert`);
    assert.deepEqual([...(hub.repos.get('tester/bert')?.files.keys() ?? [])].sort(), upload.paths);
    assert.deepEqual([...phases], ['preparing', 'uploading', 'committing']);
  });

  it('says that there is no token, or a wrong one, and repeats none', async () => {
    await assert.rejects(engine.call('hub.hasToken', { token: undefined }), { code: 'no-access' });
    await assert.rejects(engine.call('hub.push', { ...upload, token: 'hf_wrongToken' }), (error: RemoteError) => {
      assert.equal(error.code, 'no-access');
      assert.match(error.message, /does not accept this token/);
      return true;
    });
  });

  it('is cancelled on the way, and nothing is committed', async () => {
    hub.slowness = 60_000;
    const controller = new AbortController();
    const asked = engine.call('hub.push', upload, { signal: controller.signal });
    while (!hub.seen.some(({ path }) => path.startsWith('/storage/')))
      await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    await assert.rejects(asked, { code: 'cancelled' });
    assert.deepEqual(hub.repos.get('tester/bert')?.commits, []);
  });

  it('writes no token to the log', () => {
    assert.ok(built.lines.length > 0);
    assert.ok(
      !built.lines.some((line) => line.includes(token) || line.includes('hf_wrongToken')),
      built.lines.join('\n'),
    );
  });
});
