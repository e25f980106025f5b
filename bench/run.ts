// npm run bench [-- layers×hidden …]: training steps from random weights, one process a case. Padding is not counted.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { StepCase, StepTimes } from './step.ts';

const MODELS = [
  { layers: 2, hidden: 128, rows: 32, steps: 20 },
  { layers: 4, hidden: 256, rows: 32, steps: 10 },
  { layers: 4, hidden: 512, rows: 32, steps: 6 },
  { layers: 12, hidden: 768, rows: 8, steps: 4 },
];

const asked = process.argv.slice(2);
const known = MODELS.map(({ layers, hidden }) => `${layers}x${hidden}`);
const wrong = asked.find((name) => !known.includes(name.replace('×', 'x')));
if (wrong) {
  console.error(`There is no case ${wrong}; choose from ${known.join(', ')}.`);
  process.exit(1);
}
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, Node ${process.version}`);
console.log('Rows of 128, vocabulary 30,522, 15 % masked; ms are medians; forward as evaluation runs it.\n');
const HEAD = ['model', 'rows', 'lengths', 'dropout', 'tokens/s', 'step', 'forward', 'backward', 'AdamW', 'peak MB'];
const WIDTHS = [8, 5, 8, 8, 9, 8, 8, 9, 7, 8];
print(HEAD);
for (const [i, { layers, hidden, rows, steps }] of MODELS.entries()) {
  if (asked.length > 0 && !asked.map((name) => name.replace('×', 'x')).includes(known[i] as string)) continue;
  for (const [ragged, dropout] of [
    [false, 0],
    [true, 0],
    [false, 0.1],
  ] as const) {
    const times = runCase({ layers, hidden, rows, steps, vocab: 30522, length: 128, ragged, dropout });
    print([
      `${layers}x${hidden}`,
      String(rows),
      ragged ? 'ragged' : 'full',
      String(dropout),
      Math.round(times.tokensPerSecond).toLocaleString('en'),
      ...[times.step, times.forward, times.backward, times.optimizer].map((ms) => ms.toFixed(ms < 100 ? 1 : 0)),
      Math.round(times.peakMemory).toLocaleString('en'),
    ]);
  }
}

function runCase(spec: StepCase): StepTimes {
  const script = fileURLToPath(new URL('step.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--import', 'tsx', script, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  return JSON.parse(output) as StepTimes;
}

function print(cells: readonly string[]): void {
  console.log(cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 8)).join(' '));
}
