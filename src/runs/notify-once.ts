// Several windows see the same run end: only one of them says so.
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import type { RunSummary } from '../protocol/runs.ts';
import { clozeHome } from './home.ts';

/** Whether this caller is the first to ask about this end of this run, or about `what` of it. */
export async function claimNotification(
  { run, state }: RunSummary,
  home = clozeHome(),
  what: string = state,
): Promise<boolean> {
  const folder = join(home, 'notified');
  const when = (run.ended ?? run.started ?? run.created).replaceAll(/[^\dTZ]/g, '');
  try {
    await mkdir(folder, { recursive: true });
    await (await open(join(folder, `${run.id}-${what}-${when}`), 'wx')).close();
    return true;
  } catch (error) {
    // better told twice than never, where nothing can be written
    return systemCode(error) !== 'EEXIST';
  }
}
