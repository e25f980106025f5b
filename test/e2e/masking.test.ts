// Inspect Masking, end to end: the book's table from palette, menu and keyboard; following, arguments, predictions.
import assert from 'node:assert/strict';
import { eventually, until } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import { MaskingPanel } from './pages/masking-panel.ts';

/** The book's sentence with the bundled model, seed 3 and NumPy's global stream. */
const BOOK = {
  'Original tokens': ['[CLS]', 'transformers', 'are', 'awesome', '!', '[SEP]'],
  'Masked tokens': ['[CLS]', 'transformers', 'are', 'awesome', '[MASK]', '[SEP]'],
  'Original input_ids': ['101', '19081', '2024', '12476', '999', '102'],
  'Masked input_ids': ['101', '19081', '2024', '12476', '103', '102'],
  Labels: ['-100', '-100', '-100', '-100', '999', '-100'],
};

const LINES = ['transformers are awesome!', 'The quick brown fox jumps.', '', 'naïve 😀 café'];

const options = {
  files: { 'book.txt': LINES.join('\n') },
  settings: { 'cloze.masking.seed': 3, 'cloze.masking.stream': 'numpy' },
};

describeVSCode('Inspect Masking', options, (test) => {
  test('shows the book’s table for the cursor’s line, beside the editor', async (code) => {
    const panel = new MaskingPanel(code);
    await code.explorer.open('book.txt');
    await code.editor.goTo(1);
    await code.palette.run('Cloze: Inspect Masking');
    await eventually(async () => assert.deepEqual(await panel.table(), BOOK));
    await eventually(async () =>
      assert.deepEqual(await panel.headings(), ['0special', '1', '2', '3', '4masked', '5special']),
    );
    assert.match(await panel.summary(), /6 tokens, 2 of them special\. 1 chosen \(25\.0 % of 4\): 1 masked/);
    assert.equal(
      await code.editor.tab(/^book\.txt/).getAttribute('aria-selected'),
      'true',
      'the editor keeps its place',
    );
  });

  test('follows the selection, and the cursor from line to line', async (code) => {
    const panel = new MaskingPanel(code);
    await code.editor.goTo(2);
    await panel.shows(['[CLS]', 'the', 'quick', 'brown', 'fox', 'jumps', '.', '[SEP]']);
    await code.editor.select(2, 5, 11);
    await panel.shows(['[CLS]', 'quick', 'brown', '[SEP]']);
  });

  test('pinned, it stays with its text', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.button('Pin: stay with this text').click();
    await panel.button('Unpin: follow the selection again').waitFor();
    await code.editor.select(1);
    await eventually(async () => assert.match(await panel.sourceLabel(), /line 2/));
    await panel.button('Unpin: follow the selection again').click();
    await code.editor.select(1, 1, 12);
    await panel.shows(['[CLS]', 'transformers', '[SEP]']);
  });

  test('opens from the context menu of a selection, and only there', async (code) => {
    const panel = new MaskingPanel(code);
    await code.editor.goTo(1);
    assert.equal(await code.editor.menuOffers('Inspect Masking'), false);
    await code.editor.select(1);
    await code.editor.menu('Inspect Masking');
    await eventually(async () => assert.deepEqual(await panel.table(), BOOK));
  });

  test('shows tokens alone with Tokenize Selection: offsets count as the editor does', async (code) => {
    const panel = new MaskingPanel(code);
    await code.editor.select(4);
    await code.editor.menu('Tokenize Selection');
    await eventually(async () =>
      assert.deepEqual(await panel.table(), {
        Tokens: ['[CLS]', 'naive', '[UNK]', 'cafe', '[SEP]'],
        input_ids: ['101', '15743', '100', '7668', '102'],
        'Word ids': ['None', '0', '1', '2', 'None'],
        Offsets: ['0–0', '0–5', '6–8', '9–13', '0–0'],
        'Special tokens mask': ['1', '0', '0', '0', '1'],
      }),
    );
  });

  test('opens with its key', async (code) => {
    const panel = new MaskingPanel(code);
    await code.editor.select(1);
    await code.page.keyboard.press('Control+Alt+m');
    await eventually(async () => assert.deepEqual(await panel.table(), BOOK));
  });

  test('marks a token’s characters in the editor, and the cursor’s token in the table', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.cell('Original tokens', 3).click();
    await eventually(async () => assert.equal(await panel.highlighted(), 'awesome'));
    await eventually(async () =>
      assert.match(await panel.details(), /Token 3 · awesome · not chosen · “awesome” at characters 17–24, word 2/),
    );
    await code.editor.goTo(1, 16);
    await eventually(async () => assert.deepEqual(await panel.markedColumns(), ['are']));
  });

  test('drops its marks when the text changes, and shows the new text', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.cell('Original tokens', 3).click();
    await eventually(async () => assert.equal(await panel.highlighted(), 'awesome'));
    await code.editor.goTo(1, 18);
    await code.editor.type('n');
    await panel.shows(['[CLS]', 'transformers', 'are', 'na', '##wes', '##ome', '!', '[SEP]']);
    await eventually(async () => assert.equal(await panel.highlighted(), ''));
    await code.page.keyboard.press('Control+z');
    await eventually(async () => assert.deepEqual(await panel.table(), BOOK));
  });

  test('walks the table by keyboard', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.cell('Original tokens', 0).click();
    for (const key of ['End', 'ArrowLeft', 'ArrowDown']) await code.page.keyboard.press(key);
    await eventually(async () => assert.equal(await panel.focusedCell(), '[MASK], masked'));
    await code.page.keyboard.press('Control+Home');
    await eventually(async () => assert.equal(await panel.focusedCell(), '0special'));
  });

  test('judges arguments as they are typed, and takes those that it can use', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.field('mlm_probability').fill('1.5');
    await panel.page.getByText('A number from 0 to 1.').waitFor();
    assert.deepEqual(await panel.table(), BOOK, 'the table stands');
    await panel.field('mlm_probability').fill('1');
    await eventually(async () => assert.match(await panel.summary(), /4 chosen \(100\.0 % of 4\)/));
    await panel.field('random_replace_prob').fill('0.3');
    await panel.page.getByText(/together at most 1/).waitFor();
    await panel.field('random_replace_prob').fill('0.1');
    await panel.field('mlm_probability').fill('0.15');
    await eventually(async () => assert.deepEqual(await panel.table(), BOOK));
  });

  test('re-rolls to the next draw of the stream, and goes back to the first', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.button('Re-roll').click();
    await panel.page.getByText('draw 2', { exact: true }).waitFor();
    await eventually(async () => assert.notDeepEqual(await panel.table(), BOOK));
    await panel.button('Back to the first draw').click();
    await eventually(async () => assert.deepEqual(await panel.table(), BOOK));
  });

  test('predicts the chosen positions, and a token of one’s own choice', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.button('Predict').click();
    await panel.page.getByText(/^Mean loss/).waitFor();
    const table = await panel.table();
    assert.equal(Object.keys(table).length, 5 + 7);
    assert.match(table['Prediction 1']?.[4] ?? '', /^\S+ \d+\.\d %$/);
    assert.match(table['True token’s rank']?.[4] ?? '', /^\d+$/);
    assert.match(
      await panel.page.getByText(/^Mean loss/).innerText(),
      new RegExp(table['Loss (nats)']?.[4] ?? 'no loss'),
    );
    await panel.cell('Original tokens', 2).click();
    await panel.button('Predict token 2').click();
    await until(async () => /^\d/.test((await panel.table())['Loss (nats)']?.[2] ?? ''), 'a loss at token 2');
  });

  test('copies the table as Markdown, CSV, JSON and as the Python that makes it', async (code) => {
    const panel = new MaskingPanel(code);
    const copied = async (format: string, expected: RegExp) => {
      await panel.button(format).click();
      await code.page.getByText(`Cloze: copied the table as ${format}`).waitFor();
      await eventually(async () => assert.match(await code.readClipboard(), expected));
    };
    await copied('Markdown', /^\| Labels \| -100 \| -100 \| -100 \| -100 \| 999 \| -100 \|$/m);
    await copied('CSV', /^Masked tokens,\[CLS\],transformers,are,awesome,\[MASK\],\[SEP\]\r?$/m);
    await copied('Python', /DataCollatorForLanguageModeling\([\s\S]*return_tensors="np"/);
    await copied('JSON', /"labels"/);
    const json = JSON.parse(await code.readClipboard());
    assert.deepEqual(json.labels, [-100, -100, -100, -100, 999, -100]);
    assert.deepEqual(json.fates, ['special', 'kept', 'kept', 'kept', 'masked', 'special']);
  });

  test('comes back after a reload of the window, with its arguments and its text', async (code) => {
    const panel = new MaskingPanel(code);
    await panel.field('seed').fill('5');
    await until(async () => (await panel.table()).Labels?.[4] === '-100', 'another draw');
    const before = await panel.table();
    await code.palette.run('Developer: Reload Window');
    await code.page.locator('.monaco-workbench').waitFor({ state: 'detached' });
    await eventually(async () => assert.deepEqual(await panel.table(), before));
    assert.equal(await panel.field('seed').inputValue(), '5');
    assert.match(await panel.sourceLabel(), /book\.txt, line 1/);
  });

  test('nothing of its own is refused by the page’s policy, and nothing is asked of the network', async (code) => {
    assert.deepEqual(
      code.consoleErrors.filter((line) => /Content Security Policy/.test(line)),
      [],
    );
    assert.deepEqual(code.requestsOutside, []);
  });
});
