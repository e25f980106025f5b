// The loss chart of files that Python's Trainer wrote.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import { LossChart } from './pages/loss-chart.ts';

const NAN = '{"log_history": [{"eval_loss": NaN, "epoch": 1.0, "step": 28}, {"loss": 0.5, "epoch": 1.8, "step": 50}]}';

const files = {
  'checkpoint-5000/trainer_state.json': readFileSync('test/parity/trainer-states/covbert.json'),
  'nan/trainer_state.json': NAN,
  'cut/trainer_state.json': '{"log_history": [',
};

describeVSCode('Loss chart of a trainer_state.json', { files }, (test) => {
  test('opens from a checkpoint’s context menu', async (code) => {
    const chart = new LossChart(code);
    // menus are offered once VS Code knows the extension
    await code.sideBar.container('Cloze').waitFor();
    await code.explorer.menu('checkpoint-5000', 'Open Loss Chart');
    await eventually(async () =>
      assert.equal(
        await chart.summary(),
        'Loss chart. Training loss: 50 values from 2.3432 to 0.1254. Validation loss: 50 values from 1.4642 to 0.1356, best 0.1324.',
      ),
    );
    assert.ok((await chart.inked()) > 1000);
  });

  test('draws on a log axis, smoothed, against steps, and remembers it over a reload', async (code) => {
    const chart = new LossChart(code);
    await chart.page.getByRole('checkbox', { name: 'Log scale' }).click();
    await chart.page.getByRole('slider').fill('0.6');
    await chart.page.getByRole('combobox', { name: 'Against' }).click();
    await chart.page.getByRole('option', { name: 'Step' }).click();
    await eventually(async () => assert.match(await chart.summary(), /^Loss chart, logarithmic/));
    await code.reloadWindow();
    await eventually(async () => assert.match(await chart.summary(), /^Loss chart, logarithmic/));
    assert.equal(await chart.page.getByRole('slider').inputValue(), '0.6');
    await chart.page.getByText('smoothed; raw behind').waitFor();
  });

  test('shows values under the pointer', async (code) => {
    const chart = new LossChart(code);
    const box = await chart.page.locator('.u-over').boundingBox();
    assert.ok(box);
    await code.page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
    await eventually(async () =>
      assert.match(await chart.page.locator('.tooltip').innerText(), /Step 5,000, epoch 1\s+Training loss\s+0\.1254/),
    );
  });

  test('says what is no number, and what is no log history', async (code) => {
    const chart = new LossChart(code);
    await code.palette.run('View: Close All Editors');
    await code.palette.run('Cloze: Open Loss Chart');
    await code.palette.pick('A trainer_state.json or run folder…');
    await code.palette.choosePath(path.join(code.folder, 'nan/trainer_state.json'));
    await chart.page
      .getByText('1 logged loss is not a finite number (NaN or infinite): marked × at the axis.')
      .waitFor();
    await code.palette.run('View: Close All Editors');
    await code.palette.run('Cloze: Open Loss Chart');
    await code.palette.pick('A trainer_state.json or run folder…');
    await code.palette.choosePath(path.join(code.folder, 'cut/trainer_state.json'));
    await chart.page.getByRole('heading', { name: 'The losses cannot be shown' }).waitFor();
    // the file is written anew, as Python does at each checkpoint
    await writeFile(path.join(code.folder, 'cut/trainer_state.json'), NAN);
    await eventually(async () => assert.match(await chart.summary(), /Training loss: 1 value from 0\.5000/));
  });
});
