// Pictures of every view in three themes, to look at, and the two of the README:
//
//   node --import tsx test/e2e/shoot.ts FOLDER [view …]      views: masking, predictions, tokenize, form, training, finished
//   node --import tsx test/e2e/shoot.ts --readme             writes media/readme/*.png
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setUpBrowserTests } from '../support/set-up.mjs';
import { until } from './harness/eventually.ts';
import { startVSCode, type Theme, type VSCode } from './harness/vscode.ts';
import { DatasetPanel } from './pages/dataset-panel.ts';
import { LossChart } from './pages/loss-chart.ts';
import { MaskingPanel } from './pages/masking-panel.ts';
import { ModelPanel } from './pages/model-panel.ts';
import { TrainingForm } from './pages/training-form.ts';

/** Rows with something to find in them: missing, repeated and damaged texts, lists and objects. */
const ROWS = Array.from({ length: 1200 }, (_, i) => {
  const text = `Row ${i} of “${['stories', 'reports', 'letters'][i % 3]}”: ${'she opened the door and walked in, '.repeat(i % 23)}naïve and 😀.`;
  return JSON.stringify({
    id: i,
    text: i % 37 === 9 ? null : i % 41 === 5 ? '' : i % 29 === 8 ? 'a cafÃ© that opened again' : text,
    label: ['news', 'sport', 'arts'][i % 3],
    score: Math.round(1000 * Math.sin(i)) / 1000,
    tags: i % 4 ? ['a', `b${i % 7}`] : [],
    source: { page: i, checked: i % 2 === 0 },
  });
});
const split = (count: number, step: number) =>
  `text,label\n${Array.from({ length: count }, (_, i) => `"the story number ${i * step} goes on ${'and on '.repeat((i * 7) % 30)}",${i % 2}`).join('\n')}\n`;

const THEMES: readonly Theme[] = ['dark', 'light', 'high-contrast'];
const FILES = {
  'book.txt': `transformers are awesome!
A masked language model fills in the blanks: unbelievably simple, and still it learns naïve grammar, facts and 😀 style.
She opened the door and walked in. The function returns a new value.
`,
  'rows.jsonl': `${[...ROWS.slice(0, 20), '{"id": 20, "text": ', ...ROWS.slice(20)].join('\n')}\n`,
  'damaged.parquet': 'PAR1 and nothing more',
  'splits/train.csv': split(400, 1),
  'splits/validation.csv': split(80, 3),
  'train.txt': readFileSync('media/demo/train.txt'),
  'validation.txt': readFileSync('media/demo/validation.txt'),
};

type View = (code: VSCode) => Promise<void>;

/** Each opens its view in a fresh window and leaves it as a reader would find it. */
const VIEWS: Readonly<Record<string, View>> = {
  masking: async (code) => {
    await inspect(code, 1);
  },
  predictions,
  tokenize: async (code) => {
    await inspect(code, 2, 'Cloze: Tokenize Selection');
  },
  form: async (code) => {
    await code.sideBar.show('Cloze');
    await openForm(code);
  },
  training: async (code) => {
    await train(code);
    await until(async () => /Validation loss: [2-9]/.test(await new LossChart(code).summary()), 'losses', 180_000);
  },
  finished,
  dataset: async (code) => {
    const panel = await openDataset(code);
    await panel.grid.getByRole('gridcell', { name: /^Row 3/ }).dblclick();
  },
  'dataset-tokens': async (code) => {
    const panel = await openDataset(code);
    await panel.tab('Tokens');
    await panel.page.getByText(/^Over all rows/).waitFor();
  },
  'dataset-problems': async (code) => {
    const panel = await openDataset(code);
    await panel.tab('Problems');
    await panel.page.locator('.problem summary').first().click();
  },
  'dataset-batch': async (code) => {
    const panel = await openDataset(code);
    await panel.tab('Batch');
    await panel.page.getByRole('region', { name: /The batch/ }).waitFor();
  },
  'dataset-error': async (code) => {
    await code.explorer.open('damaged.parquet');
    await new DatasetPanel(code).button('Read Again').waitFor();
  },
  'dataset-splits': async (code) => {
    await code.explorer.menu('splits', 'Inspect Data Set');
    const panel = new DatasetPanel(code);
    await panel.ready(/rows/);
    await panel.tab('Splits');
    await panel.page
      .getByRole('img', { name: /^Rows by tokens/ })
      .nth(1)
      .waitFor();
  },
  model: async (code) => {
    await openModel(code);
  },
  tensor: async (code) => {
    const panel = await openModel(code);
    await panel.page.getByRole('row', { name: /word_embeddings\.weight/ }).click();
    await panel.page.getByRole('img', { name: /^Histogram of/ }).waitFor();
    await panel.field('Token or id').fill('function');
    await panel.button('Find').click();
    await panel.page.getByRole('columnheader', { name: 'Cosine' }).waitFor();
  },
  'model-predict': async (code) => {
    const panel = await openModel(code);
    await panel.tab('Predict').click();
    await panel.button('Predict').click();
    await panel.page.getByRole('heading', { name: /^Position/ }).waitFor();
    await panel.button('Loss of Every Token').click();
    await panel.page.getByText(/pseudo-perplexity \d/).waitFor();
  },
  'model-compare': async (code) => {
    await train(code);
    await until(async () => /^Finished/.test(await new LossChart(code).status()), 'the run to finish', 300_000);
    const panel = await openModel(code);
    await panel.tab('Compare').click();
    // the run that has just finished: no model that the list knows
    await panel.button('Compare With…').click();
    const [run = ''] = await readdir(path.join(code.folder, 'runs'));
    await code.palette.pick('File: .safetensors, .onnx, config.json…');
    await code.palette.choosePath(path.join(code.folder, 'runs', run, 'config.json'));
    await panel.page.getByText(/of the same name and shape/).waitFor();
    await panel.field('Text file').fill(path.join(code.folder, 'validation.txt'));
    await panel.button('Measure').click();
    await panel.page.getByText(/masked tokens in/).waitFor({ timeout: 120_000 });
  },
  'model-attention': async (code) => {
    const panel = await openModel(code);
    await panel.tab('Predict').click();
    await panel.button('Attention').click();
    await panel.page.getByRole('heading', { name: 'Attention' }).waitFor();
  },
};

async function openModel(code: VSCode): Promise<ModelPanel> {
  await code.palette.run('View: Toggle Primary Side Bar Visibility');
  await code.palette.run('Cloze: Inspect Model');
  await code.palette.pick('Cloze BERT (bundled)');
  const panel = new ModelPanel(code);
  await panel.tensors.waitFor();
  await until(async () => (await panel.column('max')).every((text) => text !== ''), 'statistics');
  return panel;
}

async function openDataset(code: VSCode): Promise<DatasetPanel> {
  await code.explorer.menu('rows.jsonl', 'Inspect Data Set');
  await code.palette.run('View: Toggle Primary Side Bar Visibility');
  const panel = new DatasetPanel(code);
  await panel.ready(/1,200 rows/);
  await until(async () => (await panel.heads.nth(3).innerText()).includes('distinct'), 'figures in the headers');
  return panel;
}

async function inspect(code: VSCode, line: number, command = 'Cloze: Inspect Masking'): Promise<MaskingPanel> {
  await code.explorer.open('book.txt');
  await code.editor.select(line);
  await code.palette.run(command);
  const panel = new MaskingPanel(code);
  await panel.grid.waitFor();
  return panel;
}

async function predictions(code: VSCode): Promise<void> {
  const panel = await inspect(code, 3);
  await code.palette.run('View: Toggle Primary Side Bar Visibility');
  await panel.button('Predict').click();
  await panel.page.getByRole('rowheader', { name: /loss/i }).first().waitFor();
}

async function openForm(code: VSCode): Promise<TrainingForm> {
  await code.palette.run('Cloze: Fine-tune Masked Language Model');
  const form = new TrainingForm(code);
  await form.field('train_file').fill('train.txt');
  await form.field('validation_file').fill('validation.txt');
  return form;
}

async function train(code: VSCode): Promise<void> {
  await code.sideBar.show('Cloze');
  const form = await openForm(code);
  await form.fill({
    num_train_epochs: '4',
    per_device_train_batch_size: '16',
    learning_rate: '1e-3',
    logging_steps: '10',
    eval_steps: '40',
    max_seq_length: '128',
  });
  await form.page.getByRole('checkbox', { name: 'line_by_line' }).click();
  await form.page.getByRole('combobox', { name: 'eval_strategy' }).click();
  await form.page.getByRole('option', { name: 'steps', exact: true }).click();
  await form.button('Start Training').click();
}

async function finished(code: VSCode): Promise<void> {
  await train(code);
  await until(async () => /^Finished/.test(await new LossChart(code).status()), 'the run to finish', 300_000);
  await code.sideBar.item(/Finished/).waitFor();
}

async function shoot(view: View, take: (code: VSCode) => Promise<void>): Promise<void> {
  const code = await startVSCode({
    files: FILES,
    settings: {
      'cloze.masking.seed': 3,
      'cloze.masking.stream': 'numpy',
      'editor.minimap.enabled': false,
      'editor.wordWrap': 'on',
    },
  });
  try {
    await view(code);
    await take(code);
  } catch (error) {
    console.log(await code.screenshot('not-reached'));
    throw error;
  } finally {
    await code.stop();
  }
}

const [folder = 'test/e2e/screenshots', ...chosen] = process.argv.slice(2);
const problem = await setUpBrowserTests();
if (problem) throw new Error(problem);
if (folder === '--readme') {
  process.env.CLOZE_E2E_SCREENSHOTS = path.resolve('media/readme');
  const size = { width: 1280, height: 720 };
  for (const [name, view] of [
    ['masking', predictions],
    ['chart', finished],
    ['dataset', VIEWS.dataset as View],
    ['model', VIEWS.model as View],
  ] as const) {
    await shoot(view, async (code) => {
      await code.page.setViewportSize(size);
      console.log(await code.screenshot(name));
    });
  }
} else {
  process.env.CLOZE_E2E_SCREENSHOTS = path.resolve(folder);
  for (const [name, view] of Object.entries(VIEWS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    await shoot(view, async (code) => {
      for (const theme of THEMES) {
        await code.useTheme(theme);
        console.log(await code.screenshot(`${name}-${theme}`));
      }
    });
  }
}
