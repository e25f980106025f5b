// The trainer process: `trainer.mjs FOLDER [--resume]`. It depends on nobody; what it prints goes to train.log.
import { describeError } from '../base/errors.ts';
import type { Request } from '../train/observer.ts';
import { runInFolder } from './run-in-folder.ts';

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined) throw new Error('Which run? trainer.mjs FOLDER [--resume]');

/** Whoever ends the process this way (a shutdown, a closing container) gets a checkpoint first. */
let asked: Request | null = null;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    say(`${signal}: saving and pausing.`);
    asked = 'pause';
  });
}

say(`pid ${process.pid}, ${flags.includes('--resume') ? 'resumes' : 'starts'} ${folder}`);
try {
  const outcome = await runInFolder(folder, {
    resume: flags.includes('--resume'),
    requested: () => asked,
    onLog: (entry) => say(JSON.stringify(entry)),
    onMessage: (level, text) => say(level === 'warning' ? `warning: ${text}` : text),
  });
  say(`${outcome}.`);
} catch (error) {
  say(`failed: ${describeError(error)}`);
  if (error instanceof Error && error.stack) console.error(error.stack);
  process.exitCode = 1;
}

function say(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}
