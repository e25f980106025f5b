// The Hugging Face cache on this machine, read only: which models are there, and where.
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface CachedModel {
  /** "bert-base-uncased" or "organisation/name". */
  readonly repo: string;
  /** The snapshot that refs/main names, else the newest. */
  readonly path: string;
}

/** The cache's folder as huggingface_hub finds it: HF_HUB_CACHE, HF_HOME/hub, XDG_CACHE_HOME, ~/.cache. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.HF_HUB_CACHE) return env.HF_HUB_CACHE;
  if (env.HF_HOME) return join(env.HF_HOME, 'hub');
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface', 'hub');
}

/** Every model with a snapshot; an absent or unreadable cache is an empty one. */
export async function cachedModels(folder = cacheFolder()): Promise<CachedModel[]> {
  const names = await readdir(folder).catch(() => []);
  const models = names
    .filter((name) => name.startsWith('models--'))
    .map(async (name) => {
      const path = await snapshot(join(folder, name));
      return path === null ? null : { repo: name.slice('models--'.length).replaceAll('--', '/'), path };
    });
  return (await Promise.all(models)).filter((model) => model !== null);
}

async function snapshot(folder: string): Promise<string | null> {
  const commit = await readFile(join(folder, 'refs', 'main'), 'utf8').catch(() => null);
  if (commit !== null) {
    const path = join(folder, 'snapshots', commit.trim());
    if (await isFolder(path)) return path;
  }
  const snapshots = await readdir(join(folder, 'snapshots')).catch(() => []);
  const dated = await Promise.all(
    snapshots.map(async (name) => {
      const path = join(folder, 'snapshots', name);
      return { path, at: (await stat(path)).mtimeMs };
    }),
  );
  return dated.sort((a, b) => b.at - a.at)[0]?.path ?? null;
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
