// npm test: sets up what it needs from a fresh clone, runs the chosen stages, prints one line of totals.
//
//   node test/run.mjs                     all stages
//   node test/run.mjs types lint          some stages
//   node test/run.mjs unit random/pcg     the files of a stage whose path holds these words
//
// Stages: types, lint, unit (test/**/*.test.ts), parity (test/parity), e2e (test/e2e, a real VS Code).
import os from 'node:os';
import { runCommand } from './support/run-command.mjs';
import { listTestFiles, runTestFiles } from './support/run-test-files.mjs';
import { setUp, setUpBrowserTests } from './support/set-up.mjs';

const MINUTE = 60_000;
const cores = Math.min(os.cpus().length, 8);

const STAGES = {
  types: () => check('types', ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty']),
  lint: () => check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']),
  unit: (words) => files('unit', words, { concurrency: cores, timeout: 3 * MINUTE }),
  parity: (words) => files('parity', words, { concurrency: cores, timeout: 8 * MINUTE }),
  e2e: async (words) => {
    const problem = await setUpBrowserTests();
    if (problem) return failed('e2e', problem);
    return files('e2e', words, { concurrency: 1, timeout: 6 * MINUTE });
  },
};

const args = process.argv.slice(2);
const stages = args.filter((arg) => arg in STAGES);
const words = args.filter((arg) => !(arg in STAGES));

async function main(chosen, words) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const add = (result) => {
    for (const key of Object.keys(totals)) totals[key] += result[key];
  };
  const needsBuild = chosen.some((stage) => stage !== 'types' && stage !== 'lint');
  add(await setUp({ build: needsBuild }));
  for (const stage of chosen) {
    const started = Date.now();
    console.log(`\n── ${stage} ──`);
    const result = await STAGES[stage](words);
    add(result);
    console.log(`${stage}: ${sentence(result)} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  if (totals.passed + totals.failed + totals.skipped === 0) {
    console.log(`\nNo test file's path holds ${words.map((word) => `"${word}"`).join(' or ')}.`);
    totals.failed = 1;
  }
  console.log(`\n${sentence(totals)}`);
  return totals.failed > 0 ? 1 : 0;
}

const sentence = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** A stage that is one command and counts as one check. */
async function check(name, argv) {
  const { code } = await runCommand(process.execPath, argv, { timeout: 5 * MINUTE });
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : failed(name, `exit status ${code}`);
}

function files(stage, words, options) {
  return runTestFiles(listTestFiles(stage, words), options);
}

function failed(name, why) {
  console.log(`✗ ${name}: ${why}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

process.exitCode = await main(stages.length > 0 ? stages : Object.keys(STAGES), words);
