// The command line in VS Code's terminals: `cloze` is on their PATH and is the installed extension's own.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';

describeVSCode('A terminal', { files: { 'a.txt': 'transformers are awesome!\n' } }, (test) => {
  test('finds cloze, and the bundled model with it', async (code) => {
    await code.explorer.open('a.txt');
    await code.palette.run('Cloze: Inspect Masking');
    await code.webview().getByRole('grid').waitFor();
    await code.palette.run('Terminal: Create New Terminal');
    await code.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    await code.page.keyboard.type('cloze mask --file a.txt --stream numpy --seed 3 --format json > out.json');
    await code.page.keyboard.press('Enter');
    const [call] = await eventually(async () => JSON.parse(await readFile(path.join(code.folder, 'out.json'), 'utf8')));
    assert.deepEqual(call.input_ids, [[101, 19081, 2024, 12476, 103, 102]]);
  });
});
