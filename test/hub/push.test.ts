// Uploads to a Hub on this machine that speaks the real protocol.
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ClozeError, isCancelled } from '../../src/base/errors.ts';
import { type PushProgress, type PushRequest, push, repoFor, userName } from '../../src/hub/push.ts';
import { modelFiles } from '../../src/hub/push-files.ts';
import { findToken, requireToken } from '../../src/hub/token.ts';
import { HubServer } from './hub-server.ts';

const TINY = fileURLToPath(new URL('../parity/models/bert', import.meta.url));
const TOKEN = 'hf_aSecretThatNobodyMaySee';
const FAST = { firstWait: 5 };

let folder: string;
let hub: HubServer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-push-'));
  await cp(TINY, join(folder, 'model'), { recursive: true });
  // large enough that the library reads it piece by piece
  await writeFile(join(folder, 'model', 'model.safetensors'), Buffer.alloc(12_000_000, 'weights'));
  for (const name of ['lock.json', 'control.json', 'train.log', 'run.json', 'optimizer.pt', 'x.tmp']) {
    await writeFile(join(folder, 'model', name), 'not to be shared');
  }
  await writeFile(join(folder, 'model', 'README.md'), '# A model\n');
});
after(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  hub = await HubServer.start({ [TOKEN]: 'tester' });
  process.env.HF_ENDPOINT = hub.url;
});
afterEach(async () => {
  delete process.env.HF_ENDPOINT;
  await hub.stop();
});

async function request(more: Partial<PushRequest> = {}): Promise<PushRequest> {
  const files = await modelFiles(join(folder, 'model'));
  return { repo: 'tester/model', isPrivate: true, files, message: 'End of training', token: TOKEN, ...more };
}

/** The error of a push that fails; it must not hold the token in any of its parts. */
async function failure(promise: Promise<unknown>): Promise<ClozeError> {
  const error = await promise.then(
    () => assert.fail('It did not fail.'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ClozeError, String(error));
  for (const text of [error.message, error.wayOut, error.stack, JSON.stringify(error), String(error.cause)]) {
    assert.ok(!text?.includes(TOKEN), 'the token is in the error');
  }
  return error;
}

describe('a push', () => {
  it('arrives whole, and leaves out what is none of the model', async () => {
    const steps: PushProgress[] = [];
    const asked = await request();
    const { url, commit } = await push(asked, { onProgress: (step) => steps.push(step) });
    assert.equal(url, `${hub.url}/tester/model`);
    assert.match(commit, /^[0-9a-f]{40}$/);
    const repo = hub.repos.get('tester/model');
    assert.ok(repo?.isPrivate);
    assert.deepEqual(repo.commits, ['End of training']);
    assert.deepEqual([...repo.files.keys()].sort(), [
      'README.md',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    for (const [path, content] of repo.files) {
      assert.ok(content.equals(await readFile(join(folder, 'model', path))), path);
    }
    const total = asked.files.reduce((sum, { size }) => sum + size, 0);
    assert.deepEqual([...new Set(steps.map(({ phase }) => phase))], ['preparing', 'uploading', 'committing']);
    assert.ok(steps.every((step) => step.total === total && step.done <= total));
    const onTheWay = steps.filter(({ done }) => done > 0 && done < total);
    assert.ok(onTheWay.length > 20, `told ${onTheWay.length} times on the way`);
    assert.equal(steps.at(-1)?.done, total);
  });

  it('into a repository that is there adds a commit, and sends no weights again', async () => {
    await push(await request());
    hub.seen.length = 0;
    await push(await request({ message: 'Again' }));
    assert.deepEqual(hub.repos.get('tester/model')?.commits, ['End of training', 'Again']);
    assert.equal(hub.seen.filter(({ method }) => method === 'PUT').length, 0);
  });

  it('takes content that is in no file, and content for a folder', async () => {
    const card = Buffer.from('# Card\n');
    const files = [{ path: 'last-checkpoint/README.md', size: card.length, source: card }];
    await push(await request({ files }));
    assert.equal(String(hub.repos.get('tester/model')?.files.get('last-checkpoint/README.md')), '# Card\n');
  });

  it('shows the token to the Hub only, never to storage', async () => {
    await push(await request());
    const shown = hub.seen.filter(({ authorization }) => authorization !== undefined);
    assert.ok(shown.length > 0);
    assert.ok(shown.every(({ path }) => !path.startsWith('/storage/')));
  });
});

describe('what passes is tried again', () => {
  for (const place of ['/api/repos/create', 'preupload', 'objects/batch', '/storage/', '/commit/']) {
    it(`503 twice at ${place}`, async () => {
      let left = 2;
      hub.interfere = ({ path }) => (path.includes(place) && left-- > 0 ? { status: 503 } : null);
      const waits: (string | null)[] = [];
      await push(await request(), { ...FAST, onProgress: ({ waiting }) => waits.push(waiting) });
      assert.equal(waits.filter((waiting) => waiting?.startsWith('HTTP 503')).length, 2);
      assert.equal(hub.repos.get('tester/model')?.files.size, 5);
    });
  }

  it('429 with the time that the server asks for', async () => {
    let left = 1;
    hub.interfere = () => (left-- > 0 ? { status: 429, headers: { 'Retry-After': '1' } } : null);
    const started = performance.now();
    assert.equal(await userName(TOKEN, FAST), 'tester');
    assert.ok(performance.now() - started >= 990);
  });

  it('and given up at last, with what to do', async () => {
    hub.interfere = () => ({ status: 503 });
    const error = await failure(push(await request(), FAST));
    assert.equal(error.code, 'network');
    assert.match(error.message, /HTTP 503/);
    assert.match(error.wayOut ?? '', /again later/);
    assert.equal(hub.seen.length, 5);
  });

  it('no network', async () => {
    await hub.stop();
    const error = await failure(push(await request(), FAST));
    assert.equal(error.code, 'network');
    assert.match(error.message, /127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
    hub = await HubServer.start({});
  });
});

describe('what does not pass is said at once', () => {
  it('401: a wrong token', async () => {
    hub.interfere = () => ({ status: 401, body: '{"error":"Invalid credentials"}' });
    const error = await failure(push(await request(), FAST));
    assert.equal(error.code, 'no-access');
    assert.match(error.message, /does not accept this token/);
    assert.match(error.wayOut ?? '', /huggingface\.co\/settings\/tokens.*HF_TOKEN/);
    assert.equal(hub.seen.length, 1);
  });

  it('an answer that repeats the token brings it into no message', async () => {
    for (const status of [400, 401, 403, 404, 500]) {
      hub.interfere = () => ({ status, body: JSON.stringify({ error: `no: Bearer ${TOKEN}` }) });
      const error = await failure(push(await request(), FAST));
      if (status === 400) assert.match(error.message, /HTTP 400: no: Bearer hf_…/);
    }
  });

  it("403: somebody else's repository", async () => {
    const error = await failure(push(await request({ repo: 'other/model' }), FAST));
    assert.equal(error.code, 'no-access');
    assert.match(error.message, /may not write to other\/model/);
  });

  it('a name that the Hub does not take', async () => {
    for (const repo of ['model', 'a/b/c', 'a/b--c', 'a/-b', 'a/b c', 'a/b.git', `a/${'x'.repeat(96)}`]) {
      assert.equal((await failure(push(await request({ repo })))).code, 'bad-argument', repo);
    }
    assert.equal(hub.seen.length, 0);
  });

  it('brings the ONNX files along, not those that are older than the weights', async () => {
    const model = join(folder, 'exported');
    await cp(join(folder, 'model'), model, { recursive: true });
    await mkdir(join(model, 'onnx'));
    for (const name of ['model.onnx', 'model_quantized.onnx', 'notes.txt'])
      await writeFile(join(model, 'onnx', name), 'x');
    const exported = async () =>
      (await modelFiles(model)).map(({ path }) => path).filter((path) => path.startsWith('onnx/'));
    assert.deepEqual(await exported(), ['onnx/model.onnx', 'onnx/model_quantized.onnx']);
    await utimes(join(model, 'onnx', 'model.onnx'), 1, 1);
    assert.deepEqual(await exported(), ['onnx/model_quantized.onnx']);
  });

  it('an HF_ENDPOINT that is no address, without what it holds', async () => {
    for (const endpoint of ['hub.example.com', 'file:///etc', 'https://me:secret@hub.example.com']) {
      process.env.HF_ENDPOINT = endpoint;
      const error = await failure(push(await request()));
      assert.match(error.message, /HF_ENDPOINT is no address/);
      assert.ok(!`${error.message}${error.wayOut}`.includes('secret'));
    }
  });

  it('a file that is cut short while it is uploaded', async () => {
    const path = join(folder, 'shorter.safetensors');
    await writeFile(path, Buffer.alloc(1_000_000));
    hub.interfere = ({ path: place }) => {
      if (place.endsWith('/objects/batch')) truncateSync(path, 1000);
      return null;
    };
    const files = [{ path: 'model.safetensors', size: 1_000_000, source: path }];
    const error = await failure(push(await request({ files }), FAST));
    assert.equal(error.code, 'bad-input');
    assert.match(error.message, /changed while it was uploaded/);
    assert.deepEqual(hub.repos.get('tester/model')?.commits, []);
  });

  it('a folder without a model', async () => {
    assert.match((await failure(modelFiles(folder))).message, /holds no model to share/);
  });
});

describe('cancelling', () => {
  it('while a file is on its way', async () => {
    hub.slowness = 60_000;
    const controller = new AbortController();
    const onProgress = ({ done }: PushProgress) => done > 1_000_000 && controller.abort();
    const error = await failure(push(await request(), { signal: controller.signal, onProgress }));
    assert.ok(isCancelled(error));
    assert.deepEqual(hub.repos.get('tester/model')?.commits, []);
  });

  it('while it waits to try again', async () => {
    hub.interfere = () => ({ status: 503 });
    const controller = new AbortController();
    const onProgress = ({ waiting }: PushProgress) => waiting && controller.abort();
    const error = await failure(push(await request(), { firstWait: 60_000, signal: controller.signal, onProgress }));
    assert.ok(isCancelled(error));
  });

  it('before it began', async () => {
    assert.ok(isCancelled(await failure(push(await request(), { signal: AbortSignal.abort() }))));
    assert.equal(hub.seen.length, 0);
  });
});

describe('the token', () => {
  it('is the explicit one, then that of the environment, then that of the file', async () => {
    await writeFile(join(folder, 'token'), 'hf_file\n');
    const file = { HF_TOKEN_PATH: join(folder, 'token') };
    assert.equal(await findToken('hf_given', { HF_TOKEN: 'hf_env' }), 'hf_given');
    assert.equal(await findToken(undefined, { HF_TOKEN: 'hf_env\r\n', HUGGING_FACE_HUB_TOKEN: 'hf_old' }), 'hf_env');
    assert.equal(await findToken(undefined, { HUGGING_FACE_HUB_TOKEN: 'hf_old', ...file }), 'hf_old');
    assert.equal(await findToken(undefined, file), 'hf_file');
    assert.equal(await findToken(undefined, { HF_HOME: folder }), 'hf_file');
    assert.equal(await findToken(undefined, { HF_HOME: join(folder, 'none') }), null);
  });

  it('that is none is refused without being repeated', async () => {
    const error = await requireToken('sk-secret').then(assert.fail, (error: ClozeError) => error);
    assert.match(error.message, /begin with "hf_"/);
    assert.ok(!`${error.message}${error.wayOut}`.includes('secret'));
    for (const token of ['hf_two\nlines', 'hf_two words', 'hf_sécret', 'hf_']) {
      assert.match((await requireToken(token).then(assert.fail, String)).toString(), /no spaces or line breaks/);
    }
  });

  it("names its owner, for a repository of the folder's name", async () => {
    assert.equal(await repoFor(null, 'my run (2)', TOKEN), 'tester/my-run-2');
    assert.equal(await repoFor('short', 'folder', TOKEN), 'tester/short');
    assert.equal(await repoFor('org/name', 'folder', TOKEN), 'org/name');
  });
});
