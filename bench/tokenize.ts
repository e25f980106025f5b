// npm run bench:tokenize [-- --python PATH] [--model DIR] [--megabytes N]: tokens a second over generated text, as a
// run reads it, beside Python's tokenizers in batches of a thousand where an environment with it is given.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readTexts } from '../src/data/open.ts';
import type { RowSink } from '../src/data/token-rows.ts';
import { tokenizeInto } from '../src/data/tokenize-rows.ts';
import { loadTokenizer } from '../src/tokenize/load.ts';
import { writeText } from './text.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    model: { type: 'string', default: fileURLToPath(new URL('../media/model', import.meta.url)) },
    megabytes: { type: 'string', default: '30' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'cloze-bench-'));
const path = join(folder, 'text.txt');
try {
  writeText(path, Number(values.megabytes) * 1e6);
  const tokenizer = await loadTokenizer(values.model);
  const rounds: [ours: number, python: number][] = [];
  for (let round = 0; round < 3; round++) rounds.push([await ours(tokenizer), python()]);
  const best = (which: 0 | 1) => Math.max(...rounds.map((round) => round[which]));
  const show = (value: number) => Math.round(value).toLocaleString('en').padStart(12);
  console.log(`${values.megabytes} MB, line by line, cut at 128; the best of three, tokens a second`);
  console.log(`Cloze             ${show(best(0))}`);
  if (values.python)
    console.log(`Python tokenizers ${show(best(1))}   Cloze to Python ${(best(0) / best(1)).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}

async function ours(tokenizer: Awaited<ReturnType<typeof loadTokenizer>>): Promise<number> {
  let tokens = 0;
  const sink: RowSink = {
    push: ({ ids }) => {
      tokens += ids.length;
    },
  };
  const start = performance.now();
  const texts = readTexts([path], { column: null, onBadRow: 'fail' }, () => {});
  await tokenizeInto(sink, texts, tokenizer, { lineByLine: true, maxSeqLength: 128 });
  return tokens / ((performance.now() - start) / 1000);
}

function python(): number {
  if (!values.python) return 0;
  const script = fileURLToPath(new URL('peers/tokenize_text.py', import.meta.url));
  return Number(
    execFileSync(values.python, [script, join(values.model, 'tokenizer.json'), path], { encoding: 'utf8' }),
  );
}
