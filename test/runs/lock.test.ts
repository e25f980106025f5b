// Who owns a run: dead owners, recycled pids, zombies, other machines, and many who want it at once.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/base/package-root.ts';
import type { LockFile } from '../../src/protocol/runs.ts';
import { readLock } from '../../src/runs/files.ts';
import { acquireLock, adoptLock, ownerIsAlive } from '../../src/runs/lock.ts';
import { pidRuns, processStart } from '../../src/runs/process-identity.ts';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

async function folderFor(t: { after(done: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cloze-lock-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function leave(folder: string, lock: Partial<LockFile>): Promise<void> {
  const whole = { pid: process.pid, processStart: null, host: hostname(), heartbeat: minutesAgo(0), ...lock };
  await writeFile(join(folder, 'lock.json'), JSON.stringify(whole));
}

/** The pid of a process that has ended and was waited for. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await new Promise((resolve) => child.once('close', resolve));
  return child.pid as number;
}

test('a living owner keeps its run, from itself too; released, it is free', async (t) => {
  const folder = await folderFor(t);
  const lock = await acquireLock(folder);
  await assert.rejects(acquireLock(folder), { code: 'busy' });
  lock.beat();
  await lock.release();
  assert.deepEqual(await readdir(folder), []);
  await (await acquireLock(folder)).release();
});

test('a dead owner’s run can be taken', async (t) => {
  const folder = await folderFor(t);
  await leave(folder, { pid: await deadPid() });
  await (await acquireLock(folder)).release();
});

test('a process that got a dead owner’s pid is not the owner', async (t) => {
  const folder = await folderFor(t);
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  t.after(() => void child.kill('SIGKILL'));
  const pid = child.pid as number;
  const start = await processStart(pid);
  assert.ok(start);
  assert.notEqual(start, await processStart(process.pid));
  const lock = { pid, host: hostname(), heartbeat: minutesAgo(5) };
  assert.equal(await ownerIsAlive({ ...lock, processStart: start }), true);
  assert.equal(await ownerIsAlive({ ...lock, processStart: await processStart(process.pid) }), false);
  await leave(folder, { ...lock, processStart: 'an earlier time' });
  await (await acquireLock(folder)).release();
});

test('a process that has ended but was not waited for is dead', async (t) => {
  if (process.platform === 'win32') return; // Windows has no such processes
  // the shell becomes a sleep before its child ends, and never asks after it
  const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => void parent.kill('SIGKILL'));
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
  while (await pidRuns(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.doesNotThrow(() => process.kill(pid, 0), 'its pid is still taken');
  assert.equal(await ownerIsAlive({ pid, processStart: 'x', host: hostname(), heartbeat: minutesAgo(0) }), false);
});

test('an owner on another machine lives as long as its heart beats', async () => {
  const lock = { pid: 1, processStart: 'x', host: `not-${hostname()}` };
  assert.equal(await ownerIsAlive({ ...lock, heartbeat: minutesAgo(0.1) }), true);
  assert.equal(await ownerIsAlive({ ...lock, heartbeat: minutesAgo(2) }), false);
  assert.equal(await ownerIsAlive({ ...lock, heartbeat: 'damaged' }), false);
});

test('whoever lost its run notices at the next beat and leaves the new owner’s lock alone', async (t) => {
  const folder = await folderFor(t);
  const lock = await acquireLock(folder);
  await leave(folder, { pid: process.ppid, processStart: await processStart(process.ppid) });
  assert.throws(() => lock.beat(), { code: 'busy' });
  await lock.release();
  assert.equal((await readLock(folder))?.pid, process.ppid);
});

test('a damaged lock, and a takeover that died half way, do not lock a run for ever', async (t) => {
  const folder = await folderFor(t);
  await writeFile(join(folder, 'lock.json'), '{"pid": 12');
  await writeFile(join(folder, 'lock.json.takeover'), '');
  await assert.rejects(acquireLock(folder), { code: 'busy' });
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(join(folder, 'lock.json.takeover'), longAgo, longAgo);
  await (await acquireLock(folder)).release();
  assert.deepEqual(await readdir(folder), []);
});

test('a process adopts the lock that was made for it', async (t) => {
  const folder = await folderFor(t);
  const made = await acquireLock(folder);
  const adopted = await adoptLock(folder);
  adopted.beat();
  await adopted.release();
  await made.release();
  assert.deepEqual(await readdir(folder), []);
});

for (const left of ['a dead owner’s', 'no'] as const) {
  test(`of many processes that want a run with ${left} lock, one gets it`, async (t) => {
    const folder = await folderFor(t);
    if (left !== 'no') await leave(folder, { pid: await deadPid() });
    const module = pathToFileURL(join(packageRoot(), 'src/runs/lock.ts')).href;
    const script = `const { acquireLock } = await import(${JSON.stringify(module)});
      console.log('ready');
      process.stdin.once('data', async () => {
        console.log(await acquireLock(${JSON.stringify(folder)}).then(() => 'got', (error) => error.code));
      });`;
    const many = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
        cwd: packageRoot(),
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    t.after(() => {
      for (const child of many) child.kill('SIGKILL');
    });
    const lines = await Promise.all(many.map(saysReady));
    for (const child of many) child.stdin.write('go\n');
    const results = await Promise.all(lines.map((next) => next()));
    assert.deepEqual(results.sort(), ['busy', 'busy', 'busy', 'busy', 'busy', 'got']);
  });
}

/** Resolves, when the process is ready, to what waits for its next line. */
async function saysReady(child: ChildProcess): Promise<() => Promise<string>> {
  const next = () => new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(`${data}`.trim())));
  assert.equal(await next(), 'ready');
  return next;
}
