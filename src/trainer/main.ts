// The trainer process: `trainer.mjs FOLDER [--resume]`. It depends on nobody; all it has to say is in the run folder.
import { describeError } from '../base/errors.ts';
import type { Request } from '../train/observer.ts';
import { runInFolder } from './run-in-folder.ts';

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined) throw new Error('Which run? trainer.mjs FOLDER [--resume]');

/** Whoever ends the process this way (a shutdown, a closing container) gets a checkpoint first. */
let asked: Request | null = null;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    console.log(`${signal}: saving and pausing.`);
    asked = 'pause';
  });
}
// both are train.log, and a full disk there must not end the run before its last checkpoint is written
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await runInFolder(folder, { resume: flags.includes('--resume'), requested: () => asked });
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
