// The model panel in a real VS Code: files and folders, numbers, what is broken, comparison, prediction.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import { ModelPanel } from './pages/model-panel.ts';

const modelFiles = (from: string, to: string) =>
  Object.fromEntries(
    readdirSync(from)
      .filter((name) => /^(config|tokenizer|model)/.test(name))
      .map((name) => [`${to}/${name}`, readFileSync(path.join(from, name))]),
  );

const bert = 'test/parity/models/bert';
const config = JSON.parse(readFileSync(`${bert}/config.json`, 'utf8'));
const files = {
  ...modelFiles(bert, 'tiny'),
  ...modelFiles(bert, 'other'),
  'other/config.json': JSON.stringify({ ...config, hidden_dropout_prob: 0.25 }),
  'dtypes.safetensors': readFileSync('test/parity/inspect/dtypes.safetensors'),
  'cut.safetensors': readFileSync(`${bert}/model.safetensors`).subarray(0, 50_000),
  'rows.txt': 'The file is opened before it is read.\nIf the value is null, an error code is returned.\n',
  'classifier.onnx': readFileSync('test/onnx/imported/classifier-opset17.onnx'),
};

describeVSCode('Model panel', { files, trust: false }, (test) => {
  test('a .safetensors opens by itself, with the statistics of every tensor', async (code) => {
    const panel = new ModelPanel(code);
    // a window that is still starting does not know the editor yet
    await eventually(async () => {
      await code.palette.run('View: Close All Editors');
      await code.explorer.open('dtypes.safetensors');
      await panel.tensors.waitFor({ timeout: 3000 });
    });
    await eventually(async () => {
      const [names, nan] = [await panel.column('Name'), await panel.column('NaN')];
      assert.equal(nan[names.indexOf('f32')], '1');
    });
    await panel.page.getByText(/^It can neither predict nor be trained here/).waitFor();
    await panel.page.getByText(/f32 holds 1 NaN and 2 infinite numbers/).waitFor();
    await code.palette.run('View: Close All Editors');
  });

  test('a folder opens from its context menu: sorted, filtered, a module and a tensor up close', async (code) => {
    const panel = new ModelPanel(code);
    await code.explorer.menu('tiny', 'Inspect Model');
    await panel.tensors.waitFor();
    await panel.page.getByText(/^It can predict and be trained here/).waitFor();
    assert.match(await panel.fact('Architecture'), /bert/);
    await eventually(async () => assert.ok((await panel.column('max')).every((text) => text !== '')));
    const all = Number(await panel.tensors.getAttribute('aria-rowcount'));

    await panel.page.getByRole('columnheader', { name: 'max' }).getByRole('button').click();
    await eventually(async () => {
      const found = (await panel.column('max')).map(Number);
      assert.deepEqual(
        found,
        found.toSorted((a, b) => b - a),
      );
    });
    await panel.field('Filter').fill('attention bias');
    await eventually(async () =>
      assert.ok((await panel.column('Name')).every((name) => name.includes('attention') && name.includes('bias'))),
    );
    await panel.field('Filter').fill('');

    const encoder = panel.page.getByRole('group', { name: /^Modules/ }).getByRole('button', { name: /^bert\.encoder/ });
    await encoder.first().focus();
    await code.page.keyboard.press('Enter');
    await eventually(async () =>
      assert.ok((await panel.column('Name')).every((name) => name.startsWith('bert.encoder'))),
    );
    // out of the layers, then out of bert
    await code.page.keyboard.press('Escape');
    await panel.page.getByRole('navigation', { name: 'Module' }).getByText('bert', { exact: true }).waitFor();
    await code.page.keyboard.press('Escape');
    await eventually(async () => assert.equal(Number(await panel.tensors.getAttribute('aria-rowcount')), all));

    await panel.field('Filter').fill('word_embeddings');
    await panel.page.getByRole('row', { name: /word_embeddings\.weight/ }).click();
    await panel.page.getByRole('img', { name: /^Histogram of bert\.embeddings\.word_embeddings/ }).waitFor();
    await panel.field('Token or id').fill('100');
    await panel.button('Find').click();
    // torch's nearest of row 100, recorded in test/parity/inspect/model-panel.json
    await panel.page.getByRole('cell', { name: '383', exact: true }).waitFor();
    await panel.page.getByRole('cell', { name: '0.405', exact: true }).waitFor();
  });

  test('predicts at a mask, and at a token that is clicked', async (code) => {
    const panel = new ModelPanel(code);
    await panel.tab('Predict').click();
    // the example comes when the tokenizer is read; what is typed just then would be put behind it
    await eventually(async () => assert.match(await panel.field('Sentence').inputValue(), /\[MASK\]/));
    await panel.field('Sentence').fill('the table is [MASK] now');
    await panel.button('Predict').click();
    await eventually(async () => assert.equal(await panel.page.locator('.guess').count(), 1));
    await panel.page
      .getByRole('group', { name: /^Tokens/ })
      .getByRole('button')
      .first()
      .click();
    await panel.page.getByText(/The true token is guess \d+/).waitFor();
    await panel.button('Loss of Every Token').click();
    await panel.page.getByText(/pseudo-perplexity \d/).waitFor();
    await panel.button('Attention').click();
    await panel.page.getByRole('region', { name: 'Attention by token' }).waitFor();
  });

  test('compares with another model', async (code) => {
    const panel = new ModelPanel(code);
    await panel.button('Compare With…').click();
    await code.palette.pick('File: .safetensors, .onnx, config.json…');
    await code.palette.choosePath(path.join(code.folder, 'other/config.json'));
    await panel.page.getByText(/of the same name and shape, all equal/).waitFor();
    await panel.page.getByText('Config: 1').click();
    await panel.page.getByText('hidden_dropout_prob: 0 in A, 0.25 in B').waitFor();
  });

  test('measures both on the same masks of the rows of a file', async (code) => {
    const panel = new ModelPanel(code);
    await panel.field('Text file').fill(path.join(code.folder, 'rows.txt'));
    await panel.field('mlm_probability').fill('0.5');
    await panel.button('Measure').click();
    await panel.page.getByText(/\d+ masked tokens in 2 rows/).waitFor();
    // the weights are the same
    const losses = await panel.page.locator('.figures tbody tr').allInnerTexts();
    assert.equal(losses.length, 2);
    assert.equal(losses[0]?.replace('A', ''), losses[1]?.replace('B', ''));
  });

  test('comes back after a reload', async (code) => {
    const panel = new ModelPanel(code);
    await panel.tab('Tensors').click();
    await code.reloadWindow();
    await panel.tensors.waitFor();
    await panel.page.getByRole('heading', { name: 'tiny' }).waitFor();
    await code.palette.run('View: Close All Editors');
  });

  test('an .onnx shows its graph, and its weights as numbers', async (code) => {
    const panel = new ModelPanel(code);
    await code.explorer.menu('classifier.onnx', 'Inspect Model');
    await panel.tensors.waitFor();
    await eventually(async () => assert.ok((await panel.column('zeros')).every((text) => text !== '')));
    await panel.tab('Graph').click();
    await panel.page.getByRole('heading', { name: /^Operators/ }).waitFor();
    await panel.page.getByText(/ai\.onnx opset 17/).waitFor();
    await code.palette.run('View: Close All Editors');
  });

  test('a file that was cut says so, and what to do', async (code) => {
    const panel = new ModelPanel(code);
    await code.explorer.open('cut.safetensors');
    await panel.page
      .getByRole('alert')
      .getByText(/not a sound safetensors file.*Download or save it again/)
      .waitFor();
    await panel.button('Read Again').waitFor();
  });
});
