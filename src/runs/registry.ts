// The list of runs that windows and command line share: one small file a run under $CLOZE_HOME/runs.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../base/atomic.ts';
import { clozeHome } from './home.ts';

export function registryFolder(home = clozeHome()): string {
  return join(home, 'runs');
}

export async function registerRun(id: string, folder: string, home = clozeHome()): Promise<void> {
  const registry = registryFolder(home);
  await mkdir(registry, { recursive: true });
  await writeFileAtomic(join(registry, `${id}.json`), `${JSON.stringify({ folder: resolve(folder) })}\n`);
}

/** Takes a run off the list; its folder stays. */
export async function forgetRun(id: string, home = clozeHome()): Promise<void> {
  await rm(join(registryFolder(home), `${id}.json`), { force: true });
}

/** The registered folders, by id. Damaged entries are passed over. */
export async function registeredRuns(home = clozeHome()): Promise<{ id: string; folder: string }[]> {
  const registry = registryFolder(home);
  const names = await readdir(registry).catch(() => []);
  const runs = names
    .filter((name) => name.endsWith('.json'))
    .map(async (name) => {
      try {
        const { folder } = JSON.parse(await readFile(join(registry, name), 'utf8')) as { folder?: unknown };
        return typeof folder === 'string' ? { id: name.slice(0, -'.json'.length), folder } : null;
      } catch {
        return null;
      }
    });
  return (await Promise.all(runs)).filter((run) => run !== null);
}
