// Tells one process from another that got the same pid later: by when it started.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemCode } from '../base/errors.ts';

const run = promisify(execFile);

/** A look at a process through another program costs; one this young is good enough. */
const CACHE_MS = 5000;
const looks = new Map<number, { at: number; start: Promise<string | null> }>();

/**
 * Something that is the same for the life of a process and different for every other; null when there is no such
 * process (one that has ended and waits for its parent counts as none) or the system does not tell.
 */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return linuxStart(pid).catch(() => null);
  const known = looks.get(pid);
  if (known && Date.now() - known.at < CACHE_MS) return known.start;
  const start = (process.platform === 'win32' ? windowsStart(pid) : psStart(pid)).catch(() => null);
  looks.set(pid, { at: Date.now(), start });
  return start;
}

/** Whether a process with this pid runs, ours or not. */
export async function pidRuns(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  // a container without an init keeps ended processes for ever
  return process.platform !== 'linux' || !(await hasEnded(pid));
}

/** Start time in clock ticks since boot (field 22 of /proc/PID/stat), and which boot. */
async function linuxStart(pid: number): Promise<string | null> {
  const fields = await statFields(pid);
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  const ticks = fields[19];
  return ticks === undefined || isEnded(fields[0]) ? null : `${boot}:${ticks}`;
}

async function hasEnded(pid: number): Promise<boolean> {
  return statFields(pid).then(
    ([state]) => isEnded(state),
    (error) => systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH',
  );
}

/** /proc/PID/stat from field 3 on. The name, field 2, may hold spaces and brackets: count from the last bracket. */
async function statFields(pid: number): Promise<string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function isEnded(state: string | undefined): boolean {
  return state === 'Z' || state === 'X' || state === 'x';
}

async function windowsStart(pid: number): Promise<string | null> {
  const script = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
  const { stdout } = await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
    windowsHide: true,
    timeout: 10_000,
  });
  return stdout.trim() || null;
}

/** Language and time zone are fixed, so that a traveller's laptop goes on telling the same time. */
async function psStart(pid: number): Promise<string | null> {
  const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    timeout: 10_000,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  const [, state, start] = /^(\S+)\s+(.+)$/.exec(stdout.trim()) ?? [];
  return start === undefined || state?.startsWith('Z') ? null : start;
}
