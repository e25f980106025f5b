// Runs in the background as people live with them: finished, killed, paused, resumed twice, orphaned, wrong.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';
import type { LogEntry } from '../../src/protocol/runs.ts';
import { readLock } from '../../src/runs/files.ts';
import { readLogHistory } from '../../src/runs/log-history.ts';
import { lastLogLines, readRun } from '../../src/runs/read-run.ts';
import { registeredRuns } from '../../src/runs/registry.ts';
import { requestRun, resumeRun, startRun } from '../../src/runs/start.ts';
import { type Bench, ended, setUpBench, until, withoutTimes } from './support.ts';

const clozeVersion = '0.1.0';
/** Long enough to be interrupted, with everything on that a resume has to bring back. */
const long = {
  max_steps: 120,
  save_steps: 15,
  save_total_limit: 2,
  logging_steps: 3,
  eval_strategy: 'steps',
  eval_steps: 20,
  per_device_train_batch_size: 4,
  gradient_accumulation_steps: 2,
};

describe('a run in the background', () => {
  let bench: Bench;
  /** The history of the long training when nobody disturbs it. */
  let undisturbed: readonly LogEntry[];
  before(async () => {
    bench = await setUpBench();
    const folder = await start('undisturbed', long);
    assert.equal((await ended(folder)).state, 'finished');
    undisturbed = withoutTimes(await readLogHistory(folder));
  });
  after(() => bench?.dispose());

  async function start(name: string, more: Readonly<Record<string, unknown>>): Promise<string> {
    const args = bench.argumentsFor(name, more);
    await startRun({ args, clozeVersion }, bench.trainer);
    return String(args.output_dir);
  }

  async function atStep(folder: string, wanted: number): Promise<number> {
    await until(
      () => readLogHistory(folder),
      (history) => (history.at(-1)?.step ?? 0) >= wanted,
    );
    const lock = await readLock(folder);
    assert.ok(lock);
    return lock.pid;
  }

  async function isTheSameInTheEnd(folder: string): Promise<void> {
    assert.equal((await ended(folder)).state, 'finished');
    assert.deepEqual(withoutTimes(await readLogHistory(folder)), undisturbed);
  }

  it('logs what Hugging Face’s Trainer logged, and leaves a model folder', async () => {
    const { recorded } = bench;
    const folder = await start('recorded', { ...recorded.args, max_seq_length: recorded.max_length });
    const { state, run, loss, evalLoss, progress } = await ended(folder);
    assert.equal(state, 'finished', run.message);
    const history = await readLogHistory(folder);
    assert.equal(history.length, recorded.log_history.length);
    for (const [i, entry] of recorded.log_history.entries()) {
      for (const key of ['loss', 'eval_loss', 'grad_norm', 'learning_rate', 'epoch', 'step']) {
        const expected = entry[key];
        if (expected === undefined) continue;
        const actual = history[i]?.[key] ?? Number.NaN;
        const bound = (key === 'grad_norm' ? 1e-3 : 1e-4) * Math.abs(expected);
        assert.ok(Math.abs(actual - expected) <= bound, `entry ${i}, ${key}: ${actual}, recorded ${expected}`);
      }
    }
    assert.ok(loss !== null && evalLoss !== null);
    assert.equal(progress?.step, progress?.maxSteps);
    const names = await readdir(folder);
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'trainer_state.json', 'train.log'])
      assert.ok(names.includes(name), name);
    assert.deepEqual(
      names.filter((name) => /lock|control|tmp/.test(name)),
      [],
    );
    assert.ok((await registeredRuns()).some((known) => known.id === run.id && known.folder === folder));
  });

  it('shows a killed process as crashed with its last lines, and comes to the same losses', async () => {
    const folder = await start('killed', long);
    process.kill(await atStep(folder, 48), 'SIGKILL');
    const { state, run } = await until(
      () => readRun(folder),
      (summary) => summary.state !== 'running',
    );
    assert.equal(state, 'crashed');
    assert.equal(run.state, 'running');
    const lines = await lastLogLines(folder, 5);
    assert.equal(lines.length, 5);
    assert.match(lines.at(-1) ?? '', /"step":\d+/);
    await resumeRun(folder, bench.trainer);
    await isTheSameInTheEnd(folder);
    assert.match(await readFile(join(folder, 'log_history.jsonl'), 'utf8'), /^\{"resumed_from":\d+\}$/m);
  });

  it('puts right what a process left that was killed while it saved', async () => {
    const folder = await start('saving', long);
    process.kill(await atStep(folder, 48), 'SIGKILL');
    assert.equal((await ended(folder)).state, 'crashed');
    const last = (await readdir(folder))
      .filter((name) => /^checkpoint-\d+$/.test(name))
      .sort(byStep)
      .at(-1) as string;
    await rename(join(folder, last), join(folder, `${last}.old`));
    await cp(join(folder, `${last}.old`), join(folder, `${last}.tmp`), { recursive: true });
    await resumeRun(folder, bench.trainer);
    await isTheSameInTheEnd(folder);
    assert.match(await readFile(join(folder, 'train.log'), 'utf8'), new RegExp(`Goes on from saving/${last}\\.`));
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /\.(old|tmp)$/.test(name)),
      [],
    );
  });

  it('goes on when an update deletes its program', async () => {
    const program = join(dirname(bench.trainer), 'old version');
    await mkdir(program);
    await cp(bench.trainer, join(program, 'trainer.mjs'));
    const args = bench.argumentsFor('updated', long);
    await startRun({ args, clozeVersion }, join(program, 'trainer.mjs'));
    await atStep(String(args.output_dir), 3);
    await rm(program, { recursive: true });
    await isTheSameInTheEnd(String(args.output_dir));
  });

  it('starts over when it was killed before its first checkpoint', async () => {
    const folder = await start('early', { ...long, save_steps: 1000 });
    process.kill(await atStep(folder, 3), 'SIGKILL');
    assert.equal((await ended(folder)).state, 'crashed');
    await resumeRun(folder, bench.trainer);
    await isTheSameInTheEnd(folder);
  });

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    it(`saves and pauses on ${signal}, and comes to the same losses`, async () => {
      const folder = await start(signal, long);
      process.kill(await atStep(folder, 30), signal);
      assert.equal((await ended(folder)).state, 'paused');
      const steps = (await readdir(folder)).filter((name) => /^checkpoint-\d+$/.test(name));
      assert.ok(steps.length > 0);
      await resumeRun(folder, bench.trainer);
      await isTheSameInTheEnd(folder);
    });
  }

  it('pauses on request, more than once, and comes to the same losses', async () => {
    const folder = await start('paused', long);
    for (const step of [20, 60]) {
      await atStep(folder, step);
      await requestRun(folder, 'pause');
      assert.equal((await ended(folder)).state, 'paused');
      await assert.rejects(requestRun(folder, 'pause'), /is not going on: it is paused/);
      await resumeRun(folder, bench.trainer);
    }
    await isTheSameInTheEnd(folder);
    await assert.rejects(resumeRun(folder, bench.trainer), /is finished.*/);
  });

  it('stops with the model saved; cancels with nothing saved', async () => {
    const stopped = await start('stopped', long);
    await atStep(stopped, 10);
    await requestRun(stopped, 'stop');
    assert.equal((await ended(stopped)).state, 'stopped');
    assert.ok((await readdir(stopped)).includes('model.safetensors'));

    const cancelled = await start('cancelled', { ...long, save_steps: 1000 });
    await atStep(cancelled, 10);
    await requestRun(cancelled, 'cancel');
    assert.equal((await ended(cancelled)).state, 'cancelled');
    assert.deepEqual(
      (await readdir(cancelled)).filter((name) => /checkpoint|safetensors|control/.test(name)),
      [],
    );
  });

  it('can be asked to pause before it trains', async () => {
    const folder = await start('at once', long);
    await requestRun(folder, 'pause');
    assert.equal((await ended(folder)).state, 'paused');
    await resumeRun(folder, bench.trainer);
    await isTheSameInTheEnd(folder);
  });

  it('is resumed by only one of two who ask at once', async () => {
    const folder = await start('twice', long);
    process.kill(await atStep(folder, 30), 'SIGKILL');
    assert.equal((await ended(folder)).state, 'crashed');
    const results = await Promise.allSettled([1, 2, 3].map(() => resumeRun(folder, bench.trainer)));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const result of results) if (result.status === 'rejected') assert.equal(result.reason.code, 'busy');
    await isTheSameInTheEnd(folder);
    assert.equal((await readFile(join(folder, 'train.log'), 'utf8')).match(/goes on with the run/g)?.length, 1);
  });

  it('refuses a second process, which leaves the run as it is', async () => {
    const folder = await start('second', long);
    await atStep(folder, 3);
    const second = spawn(process.execPath, [bench.trainer, folder, '--resume'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    second.stderr.on('data', (data) => {
      said += data;
    });
    assert.equal(await new Promise((resolve) => second.once('close', resolve)), 1);
    assert.match(said, /is going on by process \d+/);
    await isTheSameInTheEnd(folder);
  });

  it('outlives whoever started it, in below-normal priority, without its options', async () => {
    const args = bench.argumentsFor('orphan', long);
    const folder = String(args.output_dir);
    const start = pathToFileURL(join(packageRoot(), 'src/runs/start.ts')).href;
    const script = join(bench.folder, 'parent.mts');
    await writeFile(
      script,
      `import { startRun } from ${JSON.stringify(start)};
       await startRun(${JSON.stringify({ args, clozeVersion })}, ${JSON.stringify(bench.trainer)});
       console.log('started');
       setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: packageRoot(),
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, VSCODE_PID: '1', NODE_OPTIONS: '--trace-warnings' },
      detached: true,
    });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    process.kill(-(parent.pid as number), 'SIGKILL');
    const pid = await atStep(folder, 6);
    assert.equal(getPriority(pid), constants.priority.PRIORITY_BELOW_NORMAL);
    if (process.platform === 'linux') {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      assert.doesNotMatch(environment, /VSCODE_|NODE_OPTIONS/);
      assert.match(environment, /ELECTRON_RUN_AS_NODE=1/);
    }
    await isTheSameInTheEnd(folder);
  });

  it('fails in words: run.json for people, train.log with the stack', async () => {
    const missing = join(bench.folder, 'data/missing.txt');
    const folder = await start('failing', { train_file: [missing] });
    const { state, run } = await ended(folder);
    assert.equal(state, 'failed');
    assert.ok(run.message?.includes(missing), run.message);
    assert.doesNotMatch(run.message ?? '', /\n\s+at /);
    assert.match(await readFile(join(folder, 'train.log'), 'utf8'), /\n\s+at /);
    await writeFile(missing, bench.recorded.train_texts.join('\n'));
    await resumeRun(folder, bench.trainer);
    assert.equal((await ended(folder)).state, 'finished');
  });

  it('says so when the trainer cannot be started', async () => {
    const args = bench.argumentsFor('unstartable', {});
    const execPath = process.execPath;
    process.execPath = join(bench.folder, 'no-such-node');
    try {
      await assert.rejects(startRun({ args, clozeVersion }, bench.trainer), /could not be started/);
    } finally {
      process.execPath = execPath;
    }
    const { state, run } = await readRun(String(args.output_dir));
    assert.equal(state, 'failed');
    assert.match(run.message ?? '', /ENOENT/);
  });

  it('shows as crashed at once when its program is gone', async () => {
    const args = bench.argumentsFor('gone', {});
    await startRun({ args, clozeVersion }, join(bench.folder, 'no-such-trainer.mjs'));
    const { state } = await ended(String(args.output_dir));
    assert.equal(state, 'crashed');
    assert.match((await lastLogLines(String(args.output_dir), 30)).join('\n'), /Cannot find module/);
  });
});

function byStep(a: string, b: string): number {
  return Number(a.split('-')[1]) - Number(b.split('-')[1]);
}
