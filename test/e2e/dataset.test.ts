// The Data Set panel in a real VS Code: every format opens, rows are sorted, filtered, found, exported, seen as tokens and batches.
import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { eventually, until } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';
import type { VSCode } from './harness/vscode.ts';
import { DatasetPanel } from './pages/dataset-panel.ts';
import { MaskingPanel } from './pages/masking-panel.ts';
import { TrainingForm } from './pages/training-form.ts';

const ROWS = Array.from({ length: 1200 }, (_, i) => ({
  id: i,
  text:
    i % 40 === 7 ? null : i % 40 === 8 ? '' : `row ${i} is stored in a table of the file ${'and so on '.repeat(i % 9)}`,
  label: ['news', 'sport', 'arts'][i % 3],
  tags: i % 2 ? ['a', 'b'] : [],
}));
const lines = ROWS.map((row) => JSON.stringify(row));
const csv = (count: number) =>
  `text,label\n${Array.from({ length: count }, (_, i) => `"the text of row ${i * 3}, quoted",${i % 2}`).join('\n')}\n`;
const files = {
  'rows.jsonl': `${[...lines.slice(0, 10), '{"id": broken', ...lines.slice(10)].join('\n')}\n`,
  'rows.json': JSON.stringify(ROWS),
  'rows.csv': csv(60),
  'rows.tsv': 'text\tlabel\none\t1\ntwo\t2\n',
  'rows.txt': 'one line\n\nand another\n',
  'packed.jsonl.gz': gzipSync(`${lines.slice(0, 50).join('\n')}\n`),
  'damaged.parquet': 'PAR1 this is no parquet file PAR1',
  'splits/train.csv': csv(90),
  'splits/validation.csv': csv(30),
};

async function parquet(): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloze-parquet-'));
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const file = path.join(folder, 'a.parquet');
  await connection.run(
    `COPY (SELECT i AS id, 'text ' || i AS text, i * 0.5 AS half FROM range(1000000) t(i)) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  const bytes = await readFile(file);
  await rm(folder, { recursive: true });
  return bytes;
}

async function inspect(code: VSCode, name: string): Promise<DatasetPanel> {
  await code.palette.run('View: Close All Editors');
  await code.explorer.menu(name, 'Inspect Data Set');
  return new DatasetPanel(code);
}

describeVSCode('Data sets', { files }, (test) => {
  test('opens from the explorer, first rows at once, then all, with figures in the headers', async (code) => {
    const panel = await inspect(code, 'rows.jsonl');
    await panel.ready(/1,200 rows · 4 columns/);
    const [first, second] = await panel.rows();
    assert.deepEqual(first?.slice(0, 2), ['1', '0']);
    assert.deepEqual(second?.slice(3), ['sport', '["a","b"]']);
    const heads = panel.heads;
    await until(async () => (await heads.nth(1).innerText()).includes('null'), 'the nulls of text');
    const [id, text, label] = await heads.allInnerTexts();
    assert.match(id ?? '', /id\s+int64\s+0 to 1,199\s+1\.2K distinct/);
    assert.match(text ?? '', /2\.5 % null\s+30 empty/);
    assert.match(label ?? '', /arts\s*33 %/);
    const cells = (await panel.rows()).slice(7, 9).map((row) => row[2]);
    assert.deepEqual(cells, ['null', 'empty']);
  });

  test('sorts, filters, searches, and shows why a condition cannot be used', async (code) => {
    const panel = new DatasetPanel(code);
    const head = panel.heads.first();
    await head.getByRole('button', { name: /^id/ }).click();
    await head.getByRole('button', { name: /^id/ }).click();
    await eventually(async () => assert.deepEqual(await panel.numbers(2), ['1,200', '1,199']));
    assert.equal(await head.getAttribute('aria-sort'), 'descending');
    await panel.field('Search').fill('SPORT');
    await panel.ready(/400 of 1,200 rows/);
    await panel.field('Condition (SQL)').fill('id < 10');
    await panel.ready(/3 of 1,200 rows/);
    await eventually(async () =>
      assert.deepEqual(
        await panel.numbers(3),
        ['9', '6', '3'].map((id) => String(Number(id) - 1)),
      ),
    );
    await panel.field('Condition (SQL)').fill('id < (SELECT 1)');
    await panel.page
      .getByRole('alert')
      .getByText(/may look at the row only/)
      .waitFor();
    await panel.field('Condition (SQL)').fill('id > 5000');
    await panel.button('Show All Rows').click();
    await panel.ready(/^1,200 rows/);
    await panel.button('Filter by label').click();
    await panel.page.getByLabel('Test').selectOption('equals');
    await panel.page.getByLabel('Value').fill('arts');
    await panel.button('Add Filter').click();
    await panel.ready(/400 of 1,200 rows/);
  });

  test('exports the rows that are shown', async (code) => {
    const panel = new DatasetPanel(code);
    const target = path.join(code.folder, 'saved.jsonl');
    await panel.button('Export').click();
    await panel.button('JSON Lines').click();
    await code.palette.choosePath(target);
    await eventually(async () => {
      const saved = (await readFile(target, 'utf8')).trimEnd().split('\n');
      assert.deepEqual(
        saved.map((line) => JSON.parse(line)),
        ROWS.filter(({ label }) => label === 'arts'),
      );
    });
    await panel.button('label equals arts').click();
    await panel.ready(/^1,200 rows/);
  });

  test('is read with the keyboard: cells, a whole value, a row by its number', async (code) => {
    const panel = new DatasetPanel(code);
    await panel.field('Go to row').fill('900');
    await eventually(async () => assert.ok((await panel.rows()).some(([number]) => number === '900')));
    const focused = () => panel.grid.locator('td:focus').innerText();
    await eventually(async () => assert.equal(await focused(), '899'));
    await code.page.keyboard.press('Control+Home');
    await eventually(async () => assert.equal(await focused(), '0'));
    await code.page.keyboard.press('ArrowRight');
    await code.page.keyboard.press('ArrowDown');
    await eventually(async () => assert.match(await focused(), /^row 1 is stored/));
    await code.page.keyboard.press('Enter');
    const details = panel.page.getByRole('complementary', { name: 'Cell' });
    await details.getByText(/row 2 · string · \d+ characters/).waitFor();
    await code.page.keyboard.press('Control+c');
    await eventually(async () => assert.equal(await code.readClipboard(), ROWS[1]?.text));
    await panel.button(/1 bad row/).click();
    await panel.page
      .getByRole('region', { name: 'Bad rows' })
      .getByText(/not JSON/)
      .waitFor();
  });

  test('tells tokens, what a length costs, problems, and the batch as the model gets it', async (code) => {
    const panel = new DatasetPanel(code);
    await panel.tab('Tokens');
    await panel.page.getByText(/^Over all rows: 1,140\. 60 without text left out\./).waitFor();
    const slider = panel.page.getByRole('slider', { name: 'max_seq_length' });
    await slider.fill('12');
    await panel.page
      .getByRole('row', { name: /Rows truncated/ })
      .getByText(/\d+ \(\d+/)
      .waitFor();
    await panel.tab('Problems');
    const blank = panel.page.locator('.problem', { hasText: 'Without a text' });
    await blank
      .locator('summary')
      .getByText(/30 rows \(2\.5 %\)/)
      .waitFor();
    await panel.tab('Batch');
    const batch = panel.page.getByRole('region', { name: /The batch/ });
    await batch.getByText('[MASK]').first().waitFor();
    assert.equal(await batch.getByRole('row').count(), 7);
    await panel.field('seed').fill('43');
    await panel.field('Rows').fill('3');
    await until(async () => (await batch.getByRole('row').count()) === 3, 'a batch of three');
    await panel.tab('Problems');
    await blank.locator('summary').click();
    await blank.getByRole('button', { name: 'row 48', exact: true }).click();
    await eventually(async () => assert.ok((await panel.rows()).some(([number]) => number === '48')));
  });

  test('a row becomes a document with its masks, and the data set the form’s', async (code) => {
    const panel = new DatasetPanel(code);
    await panel.field('Go to row').fill('3');
    await eventually(async () => assert.equal(await panel.grid.locator('td:focus').count(), 1));
    await code.page.keyboard.press('Home');
    await code.page.keyboard.press('ArrowRight');
    await code.page.keyboard.press('Enter');
    await panel.page.getByText(/^row 3 · string/).waitFor();
    await panel.button('Inspect Masking').click();
    const masking = new MaskingPanel(code);
    await eventually(async () => {
      const tokens = Object.values(await masking.table())[0] ?? [];
      assert.deepEqual(tokens.slice(0, 6), ['[CLS]', 'row', '2', 'is', 'stored', 'in']);
    });
    await code.palette.run('View: Close All Editors');
    await code.explorer.menu('rows.jsonl', 'Inspect Data Set');
    await panel.ready(/^1,200 rows/);
    await panel.button('Fine-tune on This').click();
    const form = new TrainingForm(code);
    await eventually(async () => assert.equal(await form.field('train_file').inputValue(), 'rows.jsonl'));
  });

  test('every format opens', async (code) => {
    await writeFile(path.join(code.folder, 'big.parquet'), await parquet());
    for (const [name, facts] of [
      ['rows.json', /^1,200 rows · 4 columns/],
      ['rows.csv', /^60 rows · 2 columns/],
      ['rows.tsv', /^2 rows · 2 columns/],
      ['rows.txt', /^2 rows · 1 column /],
      ['packed.jsonl.gz', /^50 rows · 4 columns/],
    ] as const) {
      const panel = await inspect(code, name);
      await panel.ready(facts);
    }
    await code.palette.run('View: Close All Editors');
    await code.explorer.open('big.parquet');
    const panel = new DatasetPanel(code);
    await panel.ready(/^1,000,000 rows · 3 columns/);
    // more rows than the largest element has room for
    await panel.field('Go to row').fill('700001');
    await eventually(async () =>
      assert.ok((await panel.rows()).some((row) => row.join(' ') === '700,001 700000 text 700000 350000.0')),
    );
  });

  test('splits of a folder stand side by side, and leaks are found', async (code) => {
    const panel = await inspect(code, 'splits');
    await panel.ready(/^90 rows · 2 columns/);
    await panel.tab('Splits');
    await eventually(async () => {
      const rows = await panel.page.getByRole('row', { name: /^Rows \d/ }).allInnerTexts();
      assert.match(rows[0] ?? '', /Rows\s+90\s+30/);
    });
    await panel.page.getByRole('combobox', { name: 'Split' }).click();
    await panel.page.getByRole('option', { name: 'validation' }).click();
    await panel.tab('Problems');
    await panel.page
      .locator('.problem', { hasText: 'In the training rows too' })
      .getByText(/30 rows \(100 %\)/)
      .waitFor();
    await code.reloadWindow();
    await panel.page
      .locator('.problem', { hasText: 'In the training rows too' })
      .getByText(/30 rows/)
      .waitFor();
  });

  test('a file that cannot be read says why and what to do; one that changed can be read again', async (code) => {
    await code.palette.run('View: Close All Editors');
    await code.explorer.open('damaged.parquet');
    const panel = new DatasetPanel(code);
    await panel.page
      .getByRole('alert')
      .getByText(/could not be read/)
      .waitFor();
    await panel.button('Read Again').waitFor();
    const changing = await inspect(code, 'rows.tsv');
    await changing.ready(/^2 rows/);
    await appendFile(path.join(code.folder, 'rows.tsv'), 'three\t3\n');
    await changing.page.getByText('The file has changed since it was read.').waitFor();
    await changing.button('Read Again').click();
    await changing.ready(/^3 rows/);
  });

  test('asks nothing of the network, and the pages’ policy refuses nothing of ours', async (code) => {
    assert.deepEqual(code.requestsOutside, []);
    assert.deepEqual(
      code.consoleErrors.filter((line) => /Content Security Policy/i.test(line)),
      [],
    );
  });
});

describeVSCode('Data sets without trust', { files: { 'rows.csv': csv(5) }, trust: false }, (test) => {
  test('can be looked at', async (code) => {
    await mkdir(code.folder, { recursive: true });
    const panel = await inspect(code, 'rows.csv');
    await panel.ready(/^5 rows · 2 columns/);
  });
});
