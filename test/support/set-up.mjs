// Brings a fresh clone to where tests can run: Node's version, npm packages, the build, the browser tests' own install.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const MINIMUM_NODE = 20;

/** Checks Node, installs packages where they are missing or out of step, and builds; a failed build counts. */
export async function setUp({ build }) {
  process.chdir(root);
  checkNode();
  await installPackages();
  if (!build) return { passed: 0, failed: 0, skipped: 0 };
  console.log('Building dist/');
  const { code } = await runCommand(process.execPath, ['esbuild.mjs']);
  if (code !== 0) console.log('✗ the build failed');
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Ends the process with a plain message on a Node that is too old. */
export function checkNode() {
  if (Number.parseInt(process.versions.node, 10) >= MINIMUM_NODE) return;
  console.error(
    `Cloze needs Node ${MINIMUM_NODE} or later; this is ${process.version}. Get one from https://nodejs.org.`,
  );
  process.exit(1);
}

/** `npm ci` in `folder` unless node_modules already holds what package-lock.json says. */
export async function installPackages(folder = root) {
  if (inStep(folder)) return;
  console.log(`Installing npm packages in ${path.relative(process.cwd(), folder) || '.'}`);
  const { code } = await runNpm(['ci', '--ignore-scripts', '--loglevel=error'], folder);
  if (code === 0) return;
  console.error(
    'npm ci failed: see its message above. It needs the npm registry, or a filled npm cache (--prefer-offline).',
  );
  process.exit(1);
}

export const runNpm = (args, cwd, options = {}) =>
  runCommand('npm', args, { cwd, shell: process.platform === 'win32', timeout: 900_000, ...options });

/** npm's own note of what it installed (node_modules/.package-lock.json) against the lock file. */
function inStep(folder) {
  const installed = path.join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const have = packagesOf(installed);
  return Object.entries(packagesOf(path.join(folder, 'package-lock.json'))).every(
    ([name, { version, optional, devOptional, link }]) =>
      name === '' || link || have[name]?.version === version || ((optional || devOptional) && !have[name]),
  );
}

/** Installs VS Code for the browser and finds a browser; resolves to what is missing, in words, or undefined. */
export async function setUpBrowserTests() {
  const { installBrowserTests } = await import('../e2e/install.mjs');
  return installBrowserTests();
}
