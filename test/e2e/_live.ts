// dev: open VS Code, run masking, dump info and shots
import { startVSCode } from './harness/vscode.ts';
import { MaskingPanel } from './pages/masking-panel.ts';

const theme = (process.argv[2] ?? 'dark') as never;
const code = await startVSCode({
  theme,
  files: {
    'book.txt':
      'transformers are awesome!\n\nThe quick brown fox jumps over the lazy dog, and naïve café owners 😀 smile; unbelievably so.\n   \nlast\n',
  },
  settings: { 'cloze.masking.seed': 3, 'cloze.masking.stream': 'numpy' },
});
try {
  await code.explorer.open('book.txt');
  await code.editor.goTo(1);
  await code.palette.run('Cloze: Inspect Masking');
  const p = new MaskingPanel(code);
  await p.grid.waitFor();
  const vars = await p.page.locator('body').evaluate(() => {
    const s = getComputedStyle(document.documentElement);
    return [
      '--vscode-button-border',
      '--vscode-button-background',
      '--vscode-button-secondaryBackground',
      '--vscode-button-secondaryForeground',
      '--vscode-button-secondaryBorder',
      '--vscode-contrastBorder',
      '--vscode-widget-border',
      '--vscode-panel-border',
      '--vscode-editorWidget-border',
      '--vscode-input-border',
      '--vscode-charts-blue',
      '--vscode-charts-orange',
      '--vscode-charts-green',
      '--vscode-editor-background',
      '--vscode-foreground',
      '--vscode-descriptionForeground',
      '--vscode-focusBorder',
    ]
      .map((k) => k + '=' + s.getPropertyValue(k))
      .join('\n');
  });
  console.log(vars);
  await p.cell('Masked tokens', 4).click();
  await p.page.getByText('Token 4').waitFor();
  console.log(await code.screenshot('live-1-' + theme));
  await code.editor.goTo(3);
  await p.page.getByText('line 3').waitFor();
  await p.page.locator('.cell').first().waitFor();
  await code.page.waitForTimeout(800);
  console.log(await code.screenshot('live-2-' + theme));
  console.log(
    'errors',
    [...new Set(code.consoleErrors)].map((x) => x.slice(0, 260)),
  );
} finally {
  await code.stop();
}
