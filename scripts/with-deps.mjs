// Runs a TypeScript script of this repository with all its set-up: node scripts/with-deps.mjs bench/run.ts [arguments]
import { spawn } from 'node:child_process';
import { checkNode, installPackages, root } from '../test/support/set-up.mjs';

checkNode();
process.chdir(root);
await installPackages();
const child = spawn(process.execPath, ['--import', 'tsx', ...process.argv.slice(2)], { stdio: 'inherit' });
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
