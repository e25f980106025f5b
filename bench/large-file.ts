// npm run bench:large-file [-- --gigabytes N]: cloze train on a text file larger than what it may hold in memory.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeText } from './text.ts';

const { values } = parseArgs({ options: { gigabytes: { type: 'string', default: '1' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cloze-bench-'));
const path = join(folder, 'text.txt');
try {
  writeText(path, Number(values.gigabytes) * 1e9);
  console.log(
    `${values.gigabytes} GB of text, line by line, 128 tokens a row at the most, the bundled model, 20 steps of 8 rows\n`,
  );
  console.log('        seconds  peak MB');
  await train('first');
  await train('again');
  const tokens = join(folder, 'home', 'cache', 'tokens');
  const sets = readdirSync(tokens).flatMap((set) =>
    readdirSync(join(tokens, set)).map((name) => join(tokens, set, name)),
  );
  const size = sets.reduce((sum, name) => sum + statSync(name).size, 0);
  console.log(`\nthe cache holds ${Math.round(size / 1e6).toLocaleString('en')} MB`);
} finally {
  rmSync(folder, { recursive: true });
}

/** In a process that tells its own peak when it ends. */
async function train(name: string): Promise<void> {
  const flags = [
    ...[
      'train',
      '--train_file',
      path,
      '--line_by_line',
      '--max_seq_length',
      '128',
      '--validation_split_percentage',
      '1',
    ],
    ...['--max_steps', '20', '--save_strategy', 'no', '--max_eval_samples', '64', '--output_dir', join(folder, name)],
  ];
  const tell = join(folder, `tell-${name}.mjs`);
  const peak = join(folder, `peak-${name}`);
  writeFileSync(
    tell,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS / 1000)));
`,
  );
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', tell, join(root, 'dist', 'cli.js'), ...flags], {
    env: { ...process.env, CLOZE_HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`cloze train ended with ${code}`);
  const megabytes = Number(readFileSync(peak, 'utf8'));
  console.log(
    `${name.padEnd(7)} ${((performance.now() - start) / 1000).toFixed(1).padStart(7)} ${Math.round(megabytes).toLocaleString('en').padStart(8)}`,
  );
}
