// Runs a TypeScript script of this repository with all its set-up:
// node scripts/with-deps.mjs [--build] bench/run.ts [arguments]; with --build dist/ is there too.
import { spawn } from 'node:child_process';
import { checkNode, root, setUp } from '../test/support/set-up.mjs';

checkNode();
process.chdir(root);
const build = process.argv[2] === '--build';
await setUp({ build });
const script = process.argv.slice(build ? 3 : 2);
const child = spawn(process.execPath, ['--import', 'tsx', ...script], { stdio: 'inherit' });
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
