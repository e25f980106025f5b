// cloze train --push_to_hub and cloze push as processes, against a Hub on this machine.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { HubServer } from '../hub/hub-server.ts';
import { CommandLine, type Ended, MODEL } from './support.ts';

const TOKEN = 'hf_aSecretThatNobodyMaySee';
let cloze: CommandLine;
let hub: HubServer;
let flags: string[];

before(async () => {
  cloze = await CommandLine.inFolder();
  hub = await HubServer.start({ [TOKEN]: 'tester' });
  const lines = Array.from({ length: 16 }, (_, i) => `the table of index ${i} is stored in a file of rows`);
  const file = await cloze.file('text.txt', `${lines.join('\n')}\n`);
  flags = ['train', '--model_name_or_path', MODEL, '--train_file', file, '--line_by_line', '--max_seq_length', '24'];
  flags.push('--num_train_epochs', '2', '--logging_steps', '1', '--eval_strategy', 'epoch', '--threads', '1');
  flags.push('--push_to_hub', '--validation_split_percentage', '25');
});
after(async () => {
  await hub.stop();
  await cloze.dispose();
});
beforeEach(() => {
  process.env.HF_ENDPOINT = hub.url;
  process.env.HF_TOKEN = TOKEN;
  hub.slowness = 0;
  hub.interfere = () => null;
});

const folder = (name: string) => join(cloze.folder, name);

/** Nothing on disk or on the screen holds the token. */
async function keepsTheToken(ended: Ended): Promise<void> {
  assert.ok(!`${ended.stdout}${ended.stderr}`.includes(TOKEN), 'the token was printed');
  for (const name of await readdir(cloze.folder, { recursive: true })) {
    const path = join(cloze.folder, name);
    if ((await stat(path)).isFile()) assert.ok(!(await readFile(path)).includes(TOKEN), `${name} holds the token`);
  }
}

describe('cloze train --push_to_hub', () => {
  it('shares the model at the end, whole', async () => {
    const ended = await cloze.run([
      ...flags,
      '--output_dir',
      folder('end'),
      '--hub_strategy',
      'end',
      '--hub_private_repo',
    ]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(ended.stdout.includes(`Shared: ${hub.url}/tester/end`), ended.stdout);
    const repo = hub.repos.get('tester/end');
    assert.ok(repo?.isPrivate);
    assert.deepEqual(repo.commits, ['End of training']);
    const names = ['README.md', 'all_results.json', 'config.json', 'eval_results.json', 'model.safetensors'];
    names.push('tokenizer.json', 'tokenizer_config.json', 'train_results.json', 'training_args.json');
    assert.deepEqual([...repo.files.keys()].sort(), names);
    for (const [path, content] of repo.files)
      assert.ok(content.equals(await readFile(join(folder('end'), path))), path);
    assert.match(String(repo.files.get('README.md')), /^# end$/m);
    for (const content of repo.files.values()) assert.ok(!content.includes(cloze.folder), 'no folder of this machine');
    await keepsTheToken(ended);
  });

  it('shares checkpoints on the way, though they are deleted meanwhile', async () => {
    hub.slowness = 300;
    const more = ['--hub_strategy', 'checkpoint', '--save_steps', '1', '--save_total_limit', '1'];
    const ended = await cloze.run([...flags, ...more, '--output_dir', folder('way'), '--hub_model_id', 'tester/named']);
    assert.equal(ended.code, 0, ended.stderr);
    const repo = hub.repos.get('tester/named');
    assert.deepEqual(repo?.commits.slice(0, 2), [
      'Training in progress, step 1',
      'Training in progress, step 1, checkpoint',
    ]);
    assert.equal(repo.commits.at(-1), 'End of training');
    const loop = JSON.parse(String(repo.files.get('last-checkpoint/loop_state.json')));
    assert.equal(loop.format, 1);
    assert.ok(repo.files.has('last-checkpoint/optimizer.safetensors'));
    assert.match(String(repo.files.get('README.md')), /^# named$/m);
    assert.ok(!(await readdir(folder('way'))).includes('push.tmp'));
    await keepsTheToken(ended);
  });

  it('all_checkpoints gives each a folder', async () => {
    const more = ['--hub_strategy', 'all_checkpoints', '--save_strategy', 'epoch'];
    const ended = await cloze.run([...flags, ...more, '--output_dir', folder('all')]);
    assert.equal(ended.code, 0, ended.stderr);
    const repo = hub.repos.get('tester/all');
    assert.deepEqual(repo?.commits.slice(0, 2), [
      'Training in progress, epoch 1',
      'Training in progress, epoch 1, checkpoint',
    ]);
    assert.ok(repo.files.has('checkpoint-2/trainer_state.json'), [...repo.files.keys()].join());
  });

  it('a failed upload costs nothing of the run, and is told with the way to share later', async () => {
    hub.interfere = ({ path }) => (path.includes('/commit/') ? { status: 403 } : null);
    const ended = await cloze.run([...flags, '--output_dir', folder('refused'), '--hub_strategy', 'end']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /warning: .*finished and saved, but it was not shared.*cloze push/);
    const run = JSON.parse(await readFile(join(folder('refused'), 'run.json'), 'utf8'));
    assert.equal(run.state, 'finished');
    assert.match(run.message, /was not shared/);
    await keepsTheToken(ended);

    hub.interfere = () => null;
    const again = await cloze.run(['push', folder('refused'), '--repo-id', 'later', '--message', 'At last']);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /model\.safetensors +[\d.]+ kB/);
    assert.ok(again.stdout.includes(`Shared: ${hub.url}/tester/later`));
    assert.deepEqual(hub.repos.get('tester/later')?.commits, ['At last']);
    await keepsTheToken(again);
  });

  it('without a token it says so before a folder is made, and takes none as a flag', async () => {
    delete process.env.HF_TOKEN;
    const ended = await cloze.run([...flags, '--output_dir', folder('none')]);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /needs a Hugging Face token.*HF_TOKEN/);
    const given = await cloze.run([...flags, '--output_dir', folder('none'), '--hub_token', TOKEN]);
    assert.equal(given.code, 1);
    assert.match(given.stderr, /hub_token is not supported.*HF_TOKEN/);
    assert.ok(!given.stderr.includes(TOKEN));
    assert.ok(!(await readdir(cloze.folder)).includes('none'));
  });
});

describe('cloze push', () => {
  it('lists the files and uploads nothing on --dry_run', async () => {
    const before = hub.seen.length;
    const ended = await cloze.run(['push', MODEL, '--dry-run']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /config\.json.*\n(.*\n)*4 files/);
    assert.equal(hub.seen.length, before);
  });

  it('says what is wrong', async () => {
    const failed = async (args: string[], message: RegExp) => {
      const ended = await cloze.run(['push', ...args]);
      assert.equal(ended.code, 1, ended.stdout);
      assert.match(ended.stderr, message);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      await keepsTheToken(ended);
    };
    await failed(['no-such-run'], /no run "no-such-run"/);
    await failed([cloze.folder], /holds no model to share/);
    await failed([MODEL, '--repo_id', 'a--b/c'], /no "--"/);
    await failed([MODEL, '--repo_id', 'other/model'], /may not write to other\/model/);
    process.env.HF_TOKEN = 'hf_wrong';
    await failed([MODEL], /does not accept this token/);
  });

  it('is ended by Ctrl-C', async () => {
    hub.slowness = 60_000;
    const ended = await cloze.run(['push', MODEL], (child) => {
      const poll = setInterval(() => {
        if (!hub.seen.at(-1)?.path.startsWith('/storage/')) return;
        clearInterval(poll);
        child.kill('SIGINT');
      }, 50);
    });
    assert.equal(ended.code, 130, ended.stderr);
  });
});
