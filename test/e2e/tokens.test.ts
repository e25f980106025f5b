// Tokens in ordinary editors: counted where text is selected, shaded where the toggle is on.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import type { VSCode } from './harness/vscode.ts';

const TEXT = 'transformers are awesome!\nnaïve 😀 tokenization\n\nlast line';

/** The status bar's item; empty while it is hidden. */
async function tokenCount(code: VSCode): Promise<string> {
  const item = code.page.locator('[id="cloze.cloze.cloze.tokenCount"]');
  // at once: the item may go while it is looked for
  return (await item.allInnerTexts()).join('').trim();
}

/** How many stretches of text are shaded. */
const shaded = (code: VSCode): Promise<number> => code.editor.root.locator('.view-overlays [class*="ced-"]').count();

describeVSCode('Tokens in an editor', { files: { 'text.txt': TEXT } }, (test) => {
  test('the selection’s tokens are counted in the status bar, and only a selection’s', async (code) => {
    await code.explorer.open('text.txt');
    await code.editor.select(1);
    await eventually(async () => assert.equal(await tokenCount(code), '4 tokens'));
    await code.editor.goTo(2, 1);
    await eventually(async () => assert.equal(await tokenCount(code), ''));
    await code.page.keyboard.press('Control+a');
    await eventually(async () => assert.equal(await tokenCount(code), '10 tokens'));
    await code.editor.goTo(1, 1);
  });

  test('the toggle shades every token of the lines in sight, follows edits, and takes the shades away', async (code) => {
    await code.palette.run('Cloze: Toggle Token Boundaries');
    // transformers are awesome ! | naive [UNK] token ##ization | last line
    await eventually(async () => assert.equal(await shaded(code), 10));
    await code.editor.goTo(4, 10);
    await code.editor.type(' two more');
    await eventually(async () => assert.equal(await shaded(code), 12));
    await code.palette.run('Cloze: Toggle Token Boundaries');
    await eventually(async () => assert.equal(await shaded(code), 0));
  });

  test('asks nothing of the network', async (code) => {
    assert.deepEqual(code.requestsOutside, []);
  });
});
