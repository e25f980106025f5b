// Fine-tuning in a real VS Code: monitor, form, a real run in the background, its chart, a reload in the middle.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, until } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import type { VSCode } from './harness/vscode.ts';
import { LossChart } from './pages/loss-chart.ts';
import { TrainingForm } from './pages/training-form.ts';

const MODEL = 'test/parity/models/bert';
const modelFiles = readdirSync(MODEL)
  .filter((name) => name !== 'forward.json')
  .map((name) => [`tiny/${name}`, readFileSync(path.join(MODEL, name))] as const);

/** Long enough to be reloaded, paused and resumed in. */
const STEPS = 60_000;

const files = {
  ...Object.fromEntries(modelFiles),
  'notes.txt': readFileSync('media/demo/train.txt').subarray(0, 60_000),
  'table.csv': `${['id,body', ...Array.from({ length: 40 }, (_, i) => `${i},"Row ${i}, with a comma"`)].join('\n')}\n`,
};

/** The history that the run folder holds. */
async function history(folder: string): Promise<Record<string, number>[]> {
  const text = await readFile(path.join(folder, 'log_history.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function runFolder(code: VSCode): string {
  const runs = path.join(code.folder, 'runs');
  const [name] = readdirSync(runs);
  assert.ok(name);
  return path.join(runs, name);
}

describeVSCode('Fine-tuning', { files }, (test) => {
  test('the monitor offers to start when there are no runs', async (code) => {
    await code.sideBar.show('Cloze');
    await code.sideBar.root.getByText('No training runs yet.').waitFor();
    await code.sideBar.root.getByRole('button', { name: 'Fine-tune a Model' }).click();
    await new TrainingForm(code).field('train_file').waitFor();
  });

  test('the form judges values as they are typed, and will not start without data', async (code) => {
    const form = new TrainingForm(code);
    await form.field('learning_rate').fill('fast');
    await eventually(async () => assert.deepEqual(await form.errors(), ['learning_rate is a number, not "fast".']));
    await form.button('Reset learning_rate to 0.00005').click();
    await eventually(async () => assert.deepEqual(await form.errors(), []));
    await form.button('Start Training').click();
    await eventually(async () => assert.deepEqual(await form.errors(), ['Say what to train on: train_file is empty.']));
    await form.field('train_file').fill('missing.txt');
    await form.page
      .getByText(/There is no file .*missing\.txt/)
      .first()
      .waitFor();
    await form.button('Start Training').click();
    await eventually(async () => assert.match((await form.errors()).join(), /There is no file .*missing\.txt/));
    assert.equal(readdirSync(code.folder).includes('runs'), false);
  });

  test('the search finds arguments that are not in sight', async (code) => {
    const form = new TrainingForm(code);
    await form.search('warmup');
    await eventually(async () => assert.deepEqual(await form.names(), ['warmup_steps', 'warmup_ratio']));
    await form.search('');
  });

  test('from the explorer, with a preview of the data and its columns', async (code) => {
    const form = new TrainingForm(code);
    await code.explorer.menu('table.csv', 'Fine-tune Masked Language Model');
    await eventually(async () => assert.equal(await form.field('train_file').inputValue(), 'table.csv'));
    const column = form.page.getByRole('combobox', { name: 'text_column' });
    await column.click();
    await form.page.getByRole('option', { name: 'body', exact: true }).click();
    await eventually(async () => assert.equal((await form.preview())[0], 'Row 0, with a comma'));
  });

  test('remembers what was typed over a reload, and tells it as a command', async (code) => {
    const form = new TrainingForm(code);
    await form.fill({ mlm_probability: '0.2' });
    await code.reloadWindow();
    await eventually(async () => assert.equal(await form.field('mlm_probability').inputValue(), '0.2'));
    await form.button('Copy as Command Line').click();
    const command = 'cloze train --train_file table.csv --text_column body --mlm_probability 0.2';
    await eventually(async () => assert.equal(await code.readClipboard(), command));
    await form.button('Reset all').click();
    await eventually(async () => assert.equal(await form.field('train_file').inputValue(), ''));
  });

  test('starts a run that the monitor and the chart follow', async (code) => {
    const form = new TrainingForm(code);
    await form.fill({
      train_file: 'notes.txt',
      max_seq_length: '32',
      max_steps: String(STEPS),
      logging_steps: '20',
      learning_rate: '1e-3',
      save_steps: '100000',
      eval_steps: '40',
    });
    await form.page.getByRole('combobox', { name: 'model_name_or_path' }).click();
    await form.page.getByRole('option', { name: /tiny/ }).click();
    await form.page.getByRole('combobox', { name: 'eval_strategy' }).click();
    await form.page.getByRole('option', { name: 'steps', exact: true }).click();
    await form.button('Start Training').click();
    const chart = new LossChart(code);
    await until(
      async () => /Training loss: [3-9]\d* values/.test(await chart.summary()),
      'training losses in the chart',
    );
    await until(async () => /Validation loss/.test(await chart.summary()), 'validation losses in the chart');
    assert.ok((await chart.inked()) > 1000);
    const status = /^(Training|Evaluating) · \d+ % · epoch [\d.]+ of [\d.]+ · step [\d,]+ of 60,000/;
    await eventually(async () => assert.match(await chart.status(), status));
    await code.sideBar.item(/tiny-notes.*(Training|Evaluating).*%.*loss \d.*val \d/).waitFor();
    await code.sideBar.container('Cloze').locator('.badge').getByText('1').waitFor();
    const first = (await history(runFolder(code)))[0]?.loss?.toFixed(4);
    await eventually(async () => {
      await chart.scrollToFirst();
      assert.equal((await chart.column('loss'))[0], first);
    });
  });

  test('is there again after a reload in the middle, with its whole history', async (code) => {
    const chart = new LossChart(code);
    const before = (await history(runFolder(code))).length;
    await code.reloadWindow();
    await until(async () => /Training loss: \d+ values/.test(await chart.summary()), 'the chart to come back');
    await eventually(async () => {
      await chart.scrollToFirst();
      assert.equal((await chart.column('step'))[0], '20');
    });
    await until(async () => (await history(runFolder(code))).length > before + 2, 'more history than before');
    await code.sideBar.item(/tiny-notes.*(Training|Evaluating)/).waitFor();
  });

  test('pauses from the monitor and goes on where it was', async (code) => {
    const chart = new LossChart(code);
    const run = code.sideBar.item(/tiny-notes/).first();
    await code.sideBar.act(run, 'Pause Run');
    await code.sideBar.item(/tiny-notes.*Paused/).waitFor();
    await until(async () => /^Paused/.test(await chart.status()), 'the chart to say Paused');
    const paused = await history(runFolder(code));
    await code.sideBar.act(run, 'Resume Run');
    await code.sideBar.item(/tiny-notes.*(Training|Evaluating)/).waitFor();
    const steps = async () =>
      (await history(runFolder(code))).filter((line) => 'loss' in line).map((line) => line.step ?? 0);
    await until(async () => (await steps()).length > paused.filter((line) => 'loss' in line).length + 1, 'more losses');
    const all = await steps();
    assert.deepEqual(
      all,
      all.map((_, i) => 20 * (i + 1)),
      'no step is missing or there twice',
    );
  });

  test('the chart can be read by keyboard', async (code) => {
    const chart = new LossChart(code);
    await chart.chart.focus();
    await code.page.keyboard.press('Home');
    await eventually(async () => assert.match(await chart.spoken(), /^Step 20, epoch [\d.]+: training loss \d/));
    await code.page.keyboard.press('ArrowRight');
    await eventually(async () =>
      assert.match(await chart.spoken(), /^Step 40, .*training loss \d.*; validation loss \d/),
    );
    await code.page.keyboard.press('b');
    await eventually(async () => assert.match(await chart.spoken(), /the best/));
  });

  test('saves the log history and the picture where the person says', async (code) => {
    const chart = new LossChart(code);
    for (const [format, begins] of [
      ['CSV', 'step,epoch,loss,eval_loss,'],
      ['SVG', '<svg '],
      ['PNG', '\u0089PNG'],
    ] as const) {
      const file = path.join(code.folder, `saved.${format.toLowerCase()}`);
      await chart.button(format).click();
      await code.palette.choosePath(file);
      await eventually(async () => assert.ok((await readFile(file, 'latin1')).startsWith(begins)));
    }
  });

  test('stops and saves a model that Python can load, and says so once', async (code) => {
    const run = code.sideBar.item(/tiny-notes/).first();
    await code.sideBar.act(run, 'Stop Run and Save');
    await code.sideBar.item(/tiny-notes.*Stopped and saved/).waitFor();
    await code.notifications.wait(/was stopped and saved/);
    assert.equal(await code.notifications.count(/was stopped and saved/), 1);
    const names = readdirSync(runFolder(code));
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'trainer_state.json']) {
      assert.ok(names.includes(name), name);
    }
    await code.sideBar.container('Cloze').locator('.badge').getByText('1').waitFor({ state: 'hidden' });
  });

  test('exports what it trained from the monitor', async (code) => {
    await code.sideBar.menu(code.sideBar.item(/tiny-notes/).first(), 'Export to ONNX');
    await code.notifications.wait(/Exported model\.onnx/);
    assert.deepEqual(readdirSync(path.join(runFolder(code), 'onnx')).sort(), ['model.onnx', 'model_quantized.onnx']);
  });

  test('takes a run off the list and leaves its folder', async (code) => {
    await code.sideBar.menu(code.sideBar.item(/tiny-notes/).first(), 'Remove Run from List');
    await code.sideBar.root.getByText('No training runs yet.').waitFor();
    assert.ok(readdirSync(runFolder(code)).includes('model.safetensors'));
  });

  test('nothing of its own is refused by the pages’ policy, and nothing is asked of the network', async (code) => {
    assert.deepEqual(
      code.consoleErrors.filter((line) => /Content Security Policy/.test(line)),
      [],
    );
    assert.deepEqual(code.requestsOutside, []);
  });
});

describeVSCode(
  'Fine-tuning in an untrusted workspace',
  { files: { 'notes.txt': 'A line.\n' }, trust: false },
  (test) => {
    test('waits for trust, and says so', async (code) => {
      await code.sideBar.show('Cloze');
      await code.sideBar.root.getByText(/Training waits until you trust this workspace/).waitFor();
      await code.palette.run('Cloze: Fine-tune Masked Language Model');
      await code.notifications.wait(/Fine-tuning waits until you trust this workspace/);
    });
  },
);
