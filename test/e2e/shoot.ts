// Pictures of every view in three themes, to look at: node --import tsx test/e2e/shoot.ts [folder] [view …]
import path from 'node:path';
import { setUpBrowserTests } from '../support/set-up.mjs';
import { startVSCode, type Theme, type VSCode } from './harness/vscode.ts';
import { MaskingPanel } from './pages/masking-panel.ts';

const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast'];
const TEXT = `transformers are awesome!
A masked language model fills in the blanks: unbelievably simple, and still it learns naïve grammar, facts and 😀 style.
`;

/** Each opens its view in a fresh window and leaves it as a reader would find it. */
const VIEWS: Readonly<Record<string, (code: VSCode) => Promise<void>>> = {
  masking: async (code) => {
    await code.explorer.open('sentences.txt');
    await code.editor.select(1);
    await code.palette.run('Cloze: Inspect Masking');
    await new MaskingPanel(code).grid.waitFor();
  },
  'masking-long': async (code) => {
    await code.explorer.open('sentences.txt');
    await code.editor.select(2);
    await code.palette.run('Cloze: Inspect Masking');
    await new MaskingPanel(code).cell('Masked tokens', 3).click();
  },
  tokenize: async (code) => {
    await code.explorer.open('sentences.txt');
    await code.editor.select(2);
    await code.palette.run('Cloze: Tokenize Selection');
    await new MaskingPanel(code).grid.waitFor();
  },
};

const [folder = 'test/e2e/screenshots', ...chosen] = process.argv.slice(2);
process.env.CLOZE_E2E_SCREENSHOTS = path.resolve(folder);
const problem = await setUpBrowserTests();
if (problem) throw new Error(problem);
for (const [name, show] of Object.entries(VIEWS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const code = await startVSCode({
    files: { 'sentences.txt': TEXT },
    settings: { 'cloze.masking.seed': 3, 'cloze.masking.stream': 'numpy', 'workbench.sideBar.location': 'left' },
  });
  try {
    await show(code);
    for (const theme of THEMES) {
      await code.useTheme(theme);
      console.log(await code.screenshot(`${name}-${theme}`));
    }
  } finally {
    await code.stop();
  }
}
