// Inspect Masking, end to end: the book's table from palette, context menu and keyboard, and everything around it.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import { MaskingPanel } from './pages/masking-panel.ts';

const BOOK = 'transformers are awesome!';
const NUMPY_3 = { 'cloze.masking.seed': 3, 'cloze.masking.stream': 'numpy' };

/** The row of the book, with its name. */
const TABLE = {
  'Original tokens': ['[CLS]', 'transformers', 'are', 'awesome', '!', '[SEP]'],
  'Masked tokens': ['[CLS]', 'transformers', 'are', 'awesome', '[MASK]', '[SEP]'],
  'Original input_ids': ['101', '19081', '2024', '12476', '999', '102'],
  'Masked input_ids': ['101', '19081', '2024', '12476', '103', '102'],
  Labels: ['-100', '-100', '-100', '-100', '999', '-100'],
};

describeVSCode('Inspect Masking', { files: { 'book.txt': `${BOOK}\n` }, settings: NUMPY_3 }, (test) => {
  test('shows the book’s table for the current line, from the palette', async (code) => {
    await code.explorer.open('book.txt');
    await code.editor.goTo(1);
    await code.palette.run('Cloze: Inspect Masking');
    const panel = new MaskingPanel(code);
    await eventually(async () => assert.deepEqual(await panel.table(), TABLE));
    await code.screenshot('masking-book');
  });
});
