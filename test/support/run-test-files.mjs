// Runs test files, each in a process of its own, a few at a time; prints a line a file and every failure in full.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { MARK } from './reporter.mjs';
import { runCommand } from './run-command.mjs';

const REPORTER = new URL('./reporter.mjs', import.meta.url).href;

/** The test files of a stage: test/parity, test/e2e, or (unit) everywhere else; `words` keep the paths holding one. */
export function listTestFiles(stage, words = []) {
  return readdirSync('test', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name).replaceAll('\\', '/'))
    .filter((file) => !file.includes('/node_modules/') && stageOf(file) === stage)
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word.replace(/^\.\//, ''))))
    .sort();
}

const stageOf = (file) => (['parity', 'e2e'].includes(file.split('/')[1]) ? file.split('/')[1] : 'unit');

/** Totals over the files: `{ passed, failed, skipped }`. `timeout` (ms) holds for each file. */
export async function runTestFiles(files, { concurrency, timeout }) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const queue = [...files];
  const next = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const result = await runTestFile(file, timeout, concurrency === 1);
      for (const key of Object.keys(totals)) totals[key] += result[key];
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, next));
  return totals;
}

async function runTestFile(file, timeout, live) {
  const started = Date.now();
  const result = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  let said = '';
  let ended = false;
  const take = (record) => {
    if (record.type === 'end') ended = true;
    if (record.type === 'pass') result.passed++;
    if (record.type === 'skip') result.skipped++;
    if (record.type === 'fail') {
      result.failed++;
      failures.push(record);
    }
    if (live && record.type !== 'end') console.log(`  ${SIGN[record.type]} ${record.name} (${seconds(record.ms)})`);
  };
  if (live) console.log(file);
  const lines = new LineSplitter((line) => {
    const at = line.indexOf(MARK);
    if (at === -1) said += `${line}\n`;
    else {
      if (at > 0) said += `${line.slice(0, at)}\n`;
      take(JSON.parse(line.slice(at + MARK.length)));
    }
  });
  const argv = ['--import', 'tsx', '--test-reporter', REPORTER, '--test-reporter-destination', 'stdout', file];
  const env = { ...process.env, NODE_OPTIONS: '--enable-source-maps' };
  const { code, timedOut } = await runCommand(process.execPath, argv, { env, timeout, onOutput: lines.push });
  lines.end();
  const broken = timedOut
    ? `did not end within ${timeout / 1000} s`
    : !ended
      ? `ended before its tests did (exit status ${code})`
      : code !== 0 && result.failed === 0
        ? `exit status ${code}`
        : result.passed + result.failed + result.skipped === 0
          ? 'holds no tests'
          : undefined;
  if (broken) result.failed++;
  const counts = `${result.passed} passed${result.failed ? `, ${result.failed} failed` : ''}${result.skipped ? `, ${result.skipped} skipped` : ''}`;
  console.log(`${result.failed ? '✗' : '✓'} ${file}  ${counts}  (${seconds(Date.now() - started)})`);
  for (const { name, line, error } of failures) console.log(indent(`✗ ${name}  (${file}:${line})\n${error}`));
  if (broken) console.log(indent(`✗ the file ${broken}`));
  if (result.failed && said.trim()) console.log(indent(`it printed:\n${said.trim().slice(-8000)}`));
  return result;
}

const SIGN = { pass: '✓', fail: '✗', skip: '-' };
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const indent = (text) => text.replace(/^/gm, '    ');

class LineSplitter {
  #rest = '';
  #onLine;

  constructor(onLine) {
    this.#onLine = onLine;
  }

  push = (text) => {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#onLine(line);
  };

  end() {
    if (this.#rest) this.#onLine(this.#rest);
  }
}
