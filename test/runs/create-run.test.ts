// New run folders: where they go, and what is never written over.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { resolveArguments, type TrainingArguments } from '../../src/protocol/resolve-arguments.ts';
import { createLockedRun, defaultRunFolder, reopenLockedRun } from '../../src/runs/create-run.ts';
import { readRunFile } from '../../src/runs/files.ts';
import { registeredRuns } from '../../src/runs/registry.ts';

describe('a new run', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'cloze-create-'));
    process.env.CLOZE_HOME = join(base, 'home');
  });
  afterEach(() => rm(base, { recursive: true }));

  function argumentsFor(more: Readonly<Record<string, unknown>> = {}): TrainingArguments {
    const given = { model_name_or_path: 'org/a-model', train_file: ['texts.txt'], output_dir: join(base, 'run') };
    const { args, errors } = resolveArguments({ ...given, ...more });
    assert.ok(args, JSON.stringify(errors));
    return args;
  }

  async function create(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { lock } = await createLockedRun({ args: argumentsFor(more), clozeVersion: '0.1.0' });
    await lock.release();
  }

  it('is registered, and names its files wherever it is resumed from', async () => {
    await mkdir(join(base, 'model'));
    await create({ model_name_or_path: relative(process.cwd(), join(base, 'model')) });
    const run = await readRunFile(join(base, 'run'));
    assert.deepEqual(await registeredRuns(), [{ id: run.id, folder: join(base, 'run') }]);
    assert.deepEqual(run.args.train_file, [join(process.cwd(), 'texts.txt')]);
    assert.equal(run.args.model_name_or_path, join(base, 'model'));
    assert.equal(run.name, 'run');
  });

  it('does not go where another run is, and says the ways out', async () => {
    await create();
    const before = await readFile(join(base, 'run/run.json'), 'utf8');
    await assert.rejects(create(), (error: Error & { wayOut?: string }) => {
      assert.match(error.message, /already holds a run/);
      assert.match(error.wayOut ?? '', /another output_dir.*--resume_from_checkpoint.*--overwrite_output_dir/);
      return true;
    });
    assert.equal(await readFile(join(base, 'run/run.json'), 'utf8'), before);
    assert.deepEqual(await readdir(join(base, 'run')), ['run.json']);
  });

  it('overwrites what a run left when it is told to, and nothing else', async () => {
    await create();
    const folder = join(base, 'run');
    await mkdir(join(folder, 'checkpoint-5'));
    for (const name of ['log_history.jsonl', 'trainer_state.json', 'my notes.md', 'checkpoint-5/config.json'])
      await writeFile(join(folder, name), 'x');
    await create({ overwrite_output_dir: true });
    assert.deepEqual((await readdir(folder)).sort(), ['my notes.md', 'run.json']);
  });

  it('does not overwrite the model that it starts from', async () => {
    const folder = join(base, 'run');
    await mkdir(join(folder, 'checkpoint-5'), { recursive: true });
    for (const model of [folder, join(folder, 'checkpoint-5')]) {
      await assert.rejects(create({ model_name_or_path: model, overwrite_output_dir: true }), /is in it/);
    }
    assert.deepEqual(await readdir(folder), ['checkpoint-5']);
  });

  it('is not started nor overwritten while it is going on', async () => {
    const { lock } = await createLockedRun({ args: argumentsFor(), clozeVersion: '0.1.0' });
    const busy = { code: 'busy' };
    await assert.rejects(create(), busy);
    await assert.rejects(create({ overwrite_output_dir: true }), busy);
    await assert.rejects(reopenLockedRun(join(base, 'run')), busy);
    assert.equal((await readRunFile(join(base, 'run'))).state, 'starting');
    await lock.release();
  });

  it('has a folder of its own below runs/, named after model, data and time', async () => {
    const now = new Date(2026, 1, 3, 4, 5, 6);
    const args = argumentsFor({ model_name_or_path: 'org/bert v1.5', train_file: ['/data/my texts.jsonl'] });
    const folder = defaultRunFolder(base, args, now);
    assert.equal(folder, join(base, 'runs', 'bert-v1.5-my-texts-2026-02-03-040506'));
    await mkdir(folder, { recursive: true });
    assert.equal(basename(defaultRunFolder(base, args, now)), 'bert-v1.5-my-texts-2026-02-03-040506-2');
  });
});
