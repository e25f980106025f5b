// The list of runs that windows and command line share: one small file a run under $CLOZE_HOME/runs.
import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { systemCode } from '../base/errors.ts';
import { clozeHome } from './home.ts';

export function registryFolder(home = clozeHome()): string {
  return join(home, 'runs');
}

export async function registerRun(id: string, folder: string, home = clozeHome()): Promise<void> {
  const registry = registryFolder(home);
  await mkdir(registry, { recursive: true });
  // a folder that was started afresh holds a new run: the old one is gone
  for (const other of await registeredRuns(home)) {
    if (other.folder === resolve(folder) && other.id !== id) await forgetRun(other.id, home);
  }
  await writeFileAtomic(join(registry, `${id}.json`), `${JSON.stringify({ folder: resolve(folder) })}\n`);
}

/** Takes a run off the list; its folder stays. */
export async function forgetRun(id: string, home = clozeHome()): Promise<void> {
  await rm(join(registryFolder(home), `${id}.json`), { force: true });
}

export interface RegisteredRun {
  readonly id: string;
  readonly folder: string;
}

/** The registered runs. Damaged entries are passed over, deleted folders taken off the list. */
export async function registeredRuns(home = clozeHome()): Promise<RegisteredRun[]> {
  const registry = registryFolder(home);
  const names = await readdir(registry).catch(() => []);
  const runs = names
    .filter((name) => name.endsWith('.json'))
    .map(async (name) => {
      try {
        const { folder } = JSON.parse(await readFile(join(registry, name), 'utf8')) as { folder?: unknown };
        const id = name.slice(0, -'.json'.length);
        return typeof folder === 'string' && (await isListed(id, folder, home)) ? { id, folder } : null;
      } catch {
        return null;
      }
    });
  return (await Promise.all(runs)).filter((run) => run !== null);
}

/** A folder that is gone is not listed; where the folder around it is there, it was deleted and never comes back. */
async function isListed(id: string, folder: string, home: string): Promise<boolean> {
  if (await exists(folder)) return true;
  if (await exists(dirname(folder))) await forgetRun(id, home);
  return false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error) => systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR',
  );
}
