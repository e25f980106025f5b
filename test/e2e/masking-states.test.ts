// The masking panel when there is no table to show, too much of it, or the engine dies: clear states with ways out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, rename } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { eventually, until } from './harness/eventually.ts';
import { descendants } from './harness/server.ts';
import { describeVSCode } from './harness/test.ts';
import { MaskingPanel } from './pages/masking-panel.ts';

const bundled = path.join(packageRoot(), 'media/model');

/** Line 3 is empty, line 4 white space, line 5 binary. */
const STATES = ['some text', 'other text', '', '   \t ', 'ELF\u0001\u0002\u0003'].join('\n');

describeVSCode('Inspect Masking without a table', { files: { 'states.txt': STATES } }, (test) => {
  test('says that nothing is selected where no editor is open', async (code) => {
    await code.palette.run('Cloze: Inspect Masking');
    await new MaskingPanel(code).state('Nothing is selected');
    await code.palette.run('View: Close All Editors');
  });

  test('names an empty line, white space and binary text, and goes on from there', async (code) => {
    const panel = new MaskingPanel(code);
    await code.explorer.open('states.txt');
    await code.palette.run('Cloze: Inspect Masking');
    for (const [line, state] of [
      [3, 'This line is empty'],
      [5, 'This is not text'],
      [4, 'There is only white space here'],
    ] as const) {
      await code.editor.goTo(line);
      await panel.state(state);
    }
    await code.editor.goTo(1);
    await code.palette.run('Cloze: Inspect Masking');
    await panel.shows(['[CLS]', 'some', 'text', '[SEP]']);
  });

  test('says which model is missing, offers another one, and recovers', async (code) => {
    const panel = new MaskingPanel(code);
    const model = path.join(code.home, 'model');
    await cp(bundled, model, { recursive: true });
    await panel.browse(model);
    await until(async () => (await panel.chosenModel()) === 'model', 'the chosen model');
    await panel.shows(['[CLS]', 'some', 'text', '[SEP]']);
    await rename(model, `${model}-gone`);
    await panel.button('Re-roll').click();
    const state = await panel.state('This could not be shown');
    assert.match(state, new RegExp(`There is no model .*${model}`));
    await panel.button('Choose Model…').waitFor();
    await rename(`${model}-gone`, model);
    await panel.button('Retry').click();
    await panel.shows(['[CLS]', 'some', 'text', '[SEP]']);
  });

  test('survives the engine’s death: the next request starts it anew', async (code) => {
    const panel = new MaskingPanel(code);
    const engine = descendants(code.home).find((pid) => commandLine(pid).includes('engine.mjs'));
    assert.ok(engine);
    process.kill(engine, 'SIGKILL');
    await until(() => !descendants(code.home).includes(engine), 'the engine to end');
    await panel.button('Re-roll').click();
    await panel.shows(['[CLS]', 'some', 'text', '[SEP]']);
    const engines = descendants(code.home).filter((pid) => commandLine(pid).includes('engine.mjs'));
    assert.equal(engines.length, 1, 'one engine, started by the next request');
  });

  test('keeps its table when the document is closed', async (code) => {
    const panel = new MaskingPanel(code);
    await code.editor.goTo(2);
    await panel.shows(['[CLS]', 'other', 'text', '[SEP]']);
    await code.palette.run('View: Close All Editors in Group');
    await panel.field('seed').fill('5');
    await panel.shows(['[CLS]', 'other', 'text', '[SEP]']);
  });
});

const LONG = Array.from({ length: 9998 }, (_, i) => (i % 7 === 3 ? 'bank' : 'river')).join(' ');

describeVSCode('Inspect Masking of a long text', { files: { 'long.txt': LONG } }, (test) => {
  test('truncates at the model’s limit and says by how much', async (code) => {
    const panel = new MaskingPanel(code);
    await code.explorer.open('long.txt');
    await code.editor.goTo(1);
    await code.palette.run('Cloze: Inspect Masking');
    await panel.page.getByText('Truncated: 9,488 more tokens do not fit; the model takes 512 at most.').waitFor();
    assert.equal(await panel.grid.getAttribute('aria-colcount'), '513');
  });

  test('draws 10,000 tokens as a grid of which only the columns in sight exist', async (code) => {
    const panel = new MaskingPanel(code);
    // without config.json nothing limits the length
    const model = path.join(code.home, 'limitless');
    await cp(bundled, model, { recursive: true, filter: (file) => !/config\.json|safetensors/.test(file) });
    await panel.browse(model);
    await eventually(async () => assert.equal(await panel.grid.getAttribute('aria-colcount'), '10001'));
    assert.ok((await panel.grid.locator('[data-column]').count()) < 600);
    await panel.cell('Original tokens', 0).click();
    await code.page.keyboard.press('End');
    await eventually(async () => assert.equal(await panel.focusedCell(), '[SEP]'));
    await code.page.keyboard.press('Home');
    await eventually(async () => assert.equal(await panel.focusedCell(), '[CLS]'));
  });
});

describeVSCode(
  'Inspect Masking in an untrusted workspace',
  { files: { 'a.txt': 'some text' }, trust: false },
  (test) => {
    test('works: looking at tokens needs no trust', async (code) => {
      await code.explorer.open('a.txt');
      await code.editor.goTo(1);
      await code.palette.run('Cloze: Inspect Masking');
      await new MaskingPanel(code).shows(['[CLS]', 'some', 'text', '[SEP]']);
    });
  },
);

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
