// A model by folder, by the name "bundled", or by its name in the Hugging Face cache.
import { join, resolve } from 'node:path';
import { ClozeError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import { cachedModels, cacheFolder, isFolder } from './cache.ts';

/** The small BERT that comes with Cloze. */
export const BUNDLED = 'bundled';

/** The name on the Hub, for a model that is neither a folder here nor the bundled one; null for those. */
export async function nameOnHub(nameOrPath: string): Promise<string | null> {
  const isName = nameOrPath !== BUNDLED && /^[\w.-]+(\/[\w.-]+)?$/.test(nameOrPath);
  return isName && !(await isFolder(nameOrPath)) ? nameOrPath : null;
}

export function bundledModel(): string {
  return join(packageRoot(), 'media', 'model');
}

/** The folder of `nameOrPath`. Throws ClozeError 'not-found' with the ways out. */
export async function resolveModel(nameOrPath: string): Promise<string> {
  if (nameOrPath === BUNDLED) return bundledModel();
  if (await isFolder(nameOrPath)) return resolve(nameOrPath);
  const cached = (await cachedModels()).find((model) => model.repo === nameOrPath);
  if (cached) return cached.path;
  throw new ClozeError(
    'not-found',
    `There is no model "${nameOrPath}": no such folder, and not in the Hugging Face cache (${cacheFolder()}).`,
    `Give a model folder, a name from the cache, or "${BUNDLED}" for the model that comes with Cloze.`,
  );
}
