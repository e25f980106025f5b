// npm run bench [-- layers×hidden …] [--python PATH] [--profile]: training steps from random weights, one process a case.
// With the Python of an environment that has torch, transformers and accelerate, its two peers run beside it.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { StepCase, StepTimes } from './step.ts';

const MODELS = [
  { layers: 2, hidden: 128, rows: 32, steps: 20 },
  { layers: 4, hidden: 256, rows: 32, steps: 10 },
  { layers: 4, hidden: 512, rows: 16, steps: 6 },
  { layers: 12, hidden: 768, rows: 8, steps: 4 },
];
const PEERS = [
  ['torch loop', 'loop'],
  ['Trainer', 'trainer'],
] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string' }, profile: { type: 'boolean', default: false } },
});
const asked = positionals.map((name) => name.replace('×', 'x'));
const known = MODELS.map(({ layers, hidden }) => `${layers}x${hidden}`);
const wrong = asked.find((name) => !known.includes(name));
if (wrong) {
  console.error(`There is no case ${wrong}; choose from ${known.join(', ')}.`);
  process.exit(1);
}
const HEAD = ['model', 'rows', 'lengths', 'dropout', 'who', 'tokens/s', 'to loop', 'step ms', 'peak MB'];
const WIDTHS = [6, 4, 7, 7, 10, 9, 7, 8, 8];
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, Node ${process.version}`);
console.log('Rows of 128, vocabulary 30,522, 15 % masked; medians of whole steps; padding is not counted.\n');
print(HEAD);
for (const [i, { layers, hidden, rows, steps }] of MODELS.entries()) {
  if (asked.length > 0 && !asked.includes(known[i] as string)) continue;
  for (const ragged of [false, true]) {
    const spec = { layers, hidden, rows, steps, vocab: 30522, length: 128, ragged, dropout: 0.1 };
    const ours = runCloze({ ...spec, profile: false });
    const peers = values.python === undefined ? [] : PEERS.map(([who, peer]) => [who, runPeer(peer, spec)] as const);
    const loop = peers[0]?.[1].tokensPerSecond;
    for (const [who, { tokensPerSecond, step, peakMemory }] of [['Cloze', ours] as const, ...peers]) {
      print([
        `${layers}x${hidden}`,
        String(rows),
        ragged ? 'ragged' : 'full',
        String(spec.dropout),
        who,
        Math.round(tokensPerSecond).toLocaleString('en'),
        loop === undefined ? '' : (tokensPerSecond / loop).toFixed(2),
        step.toFixed(step < 100 ? 1 : 0),
        Math.round(peakMemory).toLocaleString('en'),
      ]);
    }
    if (values.profile) printProfile(runCloze({ ...spec, profile: true }));
  }
}

function runCloze(spec: StepCase): StepTimes {
  const script = fileURLToPath(new URL('step.ts', import.meta.url));
  return run(process.execPath, ['--import', 'tsx', script, JSON.stringify(spec)]);
}

function runPeer(peer: string, spec: StepCase): StepTimes {
  const script = fileURLToPath(new URL('peers/training_steps.py', import.meta.url));
  return run(values.python as string, ['-W', 'ignore', script, JSON.stringify({ ...spec, peer })]);
}

/** What a process says in its last line. */
function run(command: string, args: readonly string[]): StepTimes {
  const output = execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1) as string) as StepTimes;
}

function printProfile({ step, forward, profile }: StepTimes): void {
  if (!profile) return;
  const { flops, peakFlops, times } = profile;
  const giga = (value: number) => Math.round(value / 1e9).toLocaleString('en');
  const share = Math.round((100 * flops) / peakFlops);
  console.log(`\n       ${giga(flops)} GFLOP/s of the ${giga(peakFlops)} that a matrix product reaches: ${share} %`);
  console.log(
    `       a forward pass alone: ${forward.toFixed(0)} ms; with the profiler a step takes ${step.toFixed(0)} ms:`,
  );
  for (const [kind, ms] of Object.entries(times).toSorted(([, a], [, b]) => b - a)) {
    console.log(`       ${ms.toFixed(1).padStart(8)} ms ${((100 * ms) / step).toFixed(0).padStart(3)} %  ${kind}`);
  }
  console.log('');
}

function print(cells: readonly string[]): void {
  console.log(cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 8)).join(' '));
}
