// npm run bench:dataset [-- --gigabytes N]: the Data Set panel's engine on a generated JSON Lines file.

import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readLines } from '../src/data/lines.ts';
import { firstRows } from '../src/data/store/first-rows.ts';
import { openStore } from '../src/data/store/store-cache.ts';
import { summarizeColumn } from '../src/data/store/summarize-column.ts';
import { TextSurveyor } from '../src/inspect/text-survey.ts';
import { TokenSurveyor } from '../src/inspect/token-survey.ts';
import { WHOLE_VIEW } from '../src/protocol/dataset.ts';
import { loadTokenizer } from '../src/tokenize/load.ts';
import { writeText } from './text.ts';

const { values } = parseArgs({ options: { gigabytes: { type: 'string', default: '1' } } });
const folder = mkdtempSync(join(tmpdir(), 'cloze-bench-'));
const path = join(folder, 'rows.jsonl');
try {
  const rows = await generate(path, Number(values.gigabytes) * 1e9);
  const size = Math.round(statSync(path).size / 1e6).toLocaleString('en');
  console.log(`JSON Lines, ${size} MB, ${rows.toLocaleString('en')} rows of id, text, label, score\n`);
  console.log('                                      seconds');
  const cache = join(folder, 'cache');
  await timed('first 100 rows', () => firstRows([path], cache, 100));
  const store = await timed('index of all rows', () => openStore([path], cache, {}));
  const sorted = { ...WHOLE_VIEW, sort: { column: 'text', descending: false } };
  const found = { ...WHOLE_VIEW, search: 'language model' };
  await timed('a page of 100 rows, in the middle', () => store.page(WHOLE_VIEW, store.rows >> 1, 100, [0, 1, 2, 3]));
  await timed('all rows by text', () => store.count(sorted));
  await timed('a page of them', () => store.page(sorted, store.rows >> 1, 100, [0, 1, 2, 3]));
  await timed('search in all columns', () => store.count(found));
  await timed('figures of the four columns', async () => {
    for (const i of store.columns.keys()) {
      await store.over(WHOLE_VIEW, (connection, table) => summarizeColumn(connection, table, store.columns, i));
    }
  });
  const tokenizer = await loadTokenizer(fileURLToPath(new URL('../media/model', import.meta.url)));
  const surveyor = await TokenSurveyor.create(tokenizer);
  const start = performance.now();
  await timed('tokens of all rows', async () => {
    for await (const { from, texts } of store.texts('text')) {
      await surveyor.add({ places: texts.map((_, i) => from + i), texts });
    }
  });
  const { tokens } = surveyor.result(store.rows, false);
  const rate = tokens / ((performance.now() - start) / 1000);
  const texts = new TextSurveyor((places) => store.textsAt('text', places), null);
  await timed('problems of all rows', async () => {
    for await (const batch of store.texts('text')) {
      await texts.add({ places: batch.texts.map((_, i) => batch.from + i), texts: batch.texts });
    }
  });
  await store.close();
  await timed('opened again', async () => (await openStore([path], cache, {})).close());
  console.log(`\n${tokens.toLocaleString('en')} tokens, ${Math.round(rate).toLocaleString('en')} a second`);
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1000).toLocaleString('en')} MB`);
} finally {
  rmSync(folder, { recursive: true });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  console.log(`${what.padEnd(36)} ${((performance.now() - start) / 1000).toFixed(3).padStart(8)}`);
  return result;
}

async function generate(target: string, bytes: number): Promise<number> {
  const text = join(folder, 'text.txt');
  writeText(text, bytes * 0.72);
  const output = createWriteStream(target);
  let id = 0;
  for await (const lines of readLines(text)) {
    const rows = lines.map((line) => {
      id++;
      return JSON.stringify({ id, text: line, label: ['news', 'sport', 'arts'][id % 3], score: (id * 7919) % 1009 });
    });
    if (rows.length > 0 && !output.write(`${rows.join('\n')}\n`)) await once(output, 'drain');
  }
  output.end();
  await finished(output);
  rmSync(text);
  return id;
}
