// Where Cloze keeps what it can make again.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** $CLOZE_CACHE, else below $CLOZE_HOME, else the platform's folder for caches. */
export function cacheHome(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.CLOZE_CACHE) return env.CLOZE_CACHE;
  if (env.CLOZE_HOME) return join(env.CLOZE_HOME, 'cache');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'cloze', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'cloze');
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cloze');
}
