// Push to Hub in a real VS Code, against a Hub on this machine: from the monitor, with a token asked for, to the end.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { HubServer } from '../hub/hub-server.ts';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import type { VSCode } from './harness/vscode.ts';

const TOKEN = 'hf_aSecretThatNobodyMaySee';
const hub = await HubServer.start({ [TOKEN]: 'tester' });
after(() => hub.stop());

const env = { HF_ENDPOINT: hub.url, HF_TOKEN: '', HUGGING_FACE_HUB_TOKEN: '' };
const lines = Array.from({ length: 16 }, (_, i) => `the table of index ${i} is stored in a file of rows`);
const files = { 'notes.txt': `${lines.join('\n')}\n` };

/** A run that has finished, on this VS Code's list. */
async function train(code: VSCode): Promise<void> {
  const flags = [
    'train',
    '--model_name_or_path',
    'test/parity/models/bert',
    '--max_seq_length',
    '24',
    '--threads',
    '1',
  ];
  flags.push('--train_file', path.join(code.folder, 'notes.txt'), '--line_by_line', '--num_train_epochs', '1');
  flags.push('--output_dir', path.join(code.folder, 'runs', 'my-run'));
  const home = { CLOZE_HOME: path.join(code.home, 'cloze'), HF_HOME: path.join(code.home, 'huggingface') };
  await promisify(execFile)(process.execPath, ['dist/cli.js', ...flags], { env: { ...process.env, ...home } });
}

const run = (code: VSCode) => code.sideBar.item(/^my-run/).first();

/** The prompt and the problem that the open input shows. */
const said = (code: VSCode, text: string | RegExp) => code.palette.widget.getByText(text).first().waitFor();

describeVSCode('Sharing', { files, env }, (test) => {
  test('asks for a token, and again when the Hub refuses it', async (code) => {
    await train(code);
    await code.sideBar.show('Cloze');
    await run(code).waitFor();
    await code.sideBar.menu(run(code), 'Push to Hub');
    await said(code, /there is none/);
    assert.equal(await code.palette.input.getAttribute('type'), 'password');
    await code.palette.input.fill('secret');
    await code.page.keyboard.press('Enter');
    await said(code, /begins with "hf_"/);
    await code.palette.enter('hf_wrongToken');
    await said(code, /does not accept this token/);
    await code.palette.enter(TOKEN);
    await eventually(async () => assert.equal(await code.palette.input.inputValue(), 'tester/my-run'));
  });

  test('shows where to, who sees it and each file, and uploads them', async (code) => {
    await code.palette.input.fill('tester/a--b');
    await said(code, /no "--"/);
    await code.palette.enter('tester/shared');
    await code.palette.pick('Private');
    await said(code, /files, \d+ kB, to tester\/shared/);
    await code.palette.row('model.safetensors').waitFor();
    await code.screenshot('push-files');
    await code.palette.widget.getByRole('button', { name: 'OK' }).click();
    await code.notifications.wait('my-run is shared as tester/shared');
    const repo = hub.repos.get('tester/shared');
    assert.ok(repo?.isPrivate);
    const folder = path.join(code.folder, 'runs', 'my-run');
    for (const [name, content] of repo.files) assert.ok(content.equals(await readFile(path.join(folder, name))), name);
    assert.ok(
      ['README.md', 'config.json', 'model.safetensors', 'tokenizer.json'].every((name) => repo.files.has(name)),
    );
    assert.ok(!['run.json', 'train.log', 'lock.json'].some((name) => repo.files.has(name)));
  });

  test('a failure offers to try again, and a try again uploads', async (code) => {
    // first a failure that passes: VS Code drops notifications that come too fast one after the other
    const answers = [{ status: 503 }, { status: 400, body: '{"error":"not now"}' }];
    hub.interfere = ({ path: place }) => (place.includes('/commit/') ? (answers.shift() ?? null) : null);
    await code.palette.run('Cloze: Push to Hub');
    await code.palette.pick('my-run');
    await eventually(async () => assert.equal(await code.palette.input.inputValue(), 'tester/my-run'));
    await code.page.keyboard.press('Enter');
    await code.palette.pick('Public');
    await code.palette.widget.getByRole('button', { name: 'OK' }).click();
    await code.notifications.wait('not now');
    await code.notifications.press('not now', 'Retry');
    await code.notifications.wait('my-run is shared as tester/my-run');
    assert.equal(hub.repos.get('tester/my-run')?.isPrivate, false);
  });

  test('is cancelled on the way, and nothing is shared', async (code) => {
    await code.palette.run('Notifications: Clear All Notifications');
    hub.reset();
    hub.slowness = 60_000;
    await code.palette.run('Cloze: Push to Hub');
    await code.palette.pick('my-run');
    await eventually(async () => assert.equal(await code.palette.input.inputValue(), 'tester/my-run'));
    await code.page.keyboard.press('Enter');
    await code.palette.pick('Private');
    await code.palette.widget.getByRole('button', { name: 'OK' }).click();
    await eventually(async () => assert.ok(hub.seen.some(({ path: place }) => place.startsWith('/storage/'))));
    await code.notifications.press('Pushing to tester/my-run', 'Cancel');
    await code.page.getByText('the upload was cancelled').first().waitFor();
    assert.deepEqual(hub.repos.get('tester/my-run')?.commits, []);
  });

  test('no token in the runs, the settings or the log', async (code) => {
    assert.ok(!(await code.logs()).includes(TOKEN));
    for (const folder of [code.folder, path.join(code.home, 'cloze'), path.join(code.home, 'huggingface')]) {
      for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
        const file = path.join(folder, name);
        if ((await stat(file)).isFile()) assert.ok(!(await readFile(file)).includes(TOKEN), file);
      }
    }
    await code.palette.run('Cloze: Clear Hugging Face Token');
    await code.sideBar.menu(run(code), 'Push to Hub');
    await said(code, /there is none/);
    await code.palette.dismiss();
  });
});
