// Where Cloze keeps what belongs to the user and not to a workspace.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** $CLOZE_HOME, else the platform's folder for an application's state. */
export function clozeHome(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.CLOZE_HOME) return env.CLOZE_HOME;
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'cloze');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'cloze');
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'cloze');
}
