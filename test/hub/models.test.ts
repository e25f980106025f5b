// Models by folder, by the name "bundled", and in a Hugging Face cache.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cachedModels, cacheFolder } from '../../src/hub/cache.ts';
import { listModels } from '../../src/hub/list-models.ts';
import { bundledModel, resolveModel } from '../../src/hub/resolve-model.ts';

const TINY = fileURLToPath(new URL('../parity/models/bert', import.meta.url));

test('the cache is where huggingface_hub keeps it', () => {
  assert.equal(cacheFolder({ HF_HUB_CACHE: '/a', HF_HOME: '/b' }), '/a');
  assert.equal(cacheFolder({ HF_HOME: '/b' }), join('/b', 'hub'));
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }), join('/c', 'huggingface', 'hub'));
});

test('a cached model is found by its name, in the snapshot that refs/main names', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'cloze-hub-'));
  const before = process.env.HF_HOME;
  process.env.HF_HOME = home;
  delete process.env.HF_HUB_CACHE;
  t.after(async () => {
    if (before === undefined) delete process.env.HF_HOME;
    else process.env.HF_HOME = before;
    await rm(home, { recursive: true });
  });
  const repo = join(home, 'hub', 'models--some-org--tiny-bert');
  for (const commit of ['aaa', 'bbb']) await cp(TINY, join(repo, 'snapshots', commit), { recursive: true });
  await mkdir(join(repo, 'refs'));
  await writeFile(join(repo, 'refs', 'main'), 'aaa\n');

  assert.deepEqual(await cachedModels(), [{ repo: 'some-org/tiny-bert', path: join(repo, 'snapshots', 'aaa') }]);
  assert.equal(await resolveModel('some-org/tiny-bert'), join(repo, 'snapshots', 'aaa'));
  await assert.rejects(resolveModel('some-org/other'), /no model "some-org\/other"/);

  const list = await listModels([TINY]);
  assert.deepEqual(
    list.map(({ path, source, canPredict }) => ({ path, source, canPredict })),
    [
      { path: bundledModel(), source: 'bundled', canPredict: true },
      { path: TINY, source: 'setting', canPredict: true },
      { path: join(repo, 'snapshots', 'aaa'), source: 'hf-cache', canPredict: true },
    ],
  );
});
