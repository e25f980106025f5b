// npm run code: opens VS Code with Cloze and a demo folder. The desktop's `code` where there is one, else VS Code for
// the browser (the one that the end-to-end tests use), which runs until Ctrl-C.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, setUp } from '../test/support/set-up.mjs';

const { failed } = await setUp({ build: true });
if (failed > 0) process.exit(1);
const folder = demoFolder();
if (hasDesktopCode() && !process.argv.includes('--browser')) openDesktop();
else await openBrowser();

/** A folder of its own, so that runs and edits do not end up in the repository. */
function demoFolder() {
  const place = mkdtempSync(path.join(tmpdir(), 'cloze-demo-'));
  for (const name of ['train.txt', 'validation.txt']) cpSync(path.join('media/demo', name), path.join(place, name));
  writeFileSync(path.join(place, 'sentences.txt'), 'transformers are awesome!\nThe function returns a value.\n');
  return place;
}

function hasDesktopCode() {
  return spawnSync('code', ['--version'], { shell: process.platform === 'win32', stdio: 'ignore' }).status === 0;
}

function openDesktop() {
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', folder, path.join(folder, 'sentences.txt')];
  spawn('code', args, { shell: process.platform === 'win32', stdio: 'inherit' });
  console.log(`VS Code opens with Cloze and ${folder}`);
}

async function openBrowser() {
  const { installVSCode } = await import('../test/e2e/install.mjs');
  const problem = await installVSCode();
  if (problem) {
    console.error(`There is no \`code\` on the PATH, and ${problem}`);
    process.exit(1);
  }
  const { tsImport } = await import('tsx/esm/api');
  const { installedExtension } = await tsImport('../test/e2e/harness/package.ts', import.meta.url);
  const { startServer } = await tsImport('../test/e2e/harness/server.ts', import.meta.url);
  const home = mkdtempSync(path.join(tmpdir(), 'cloze-code-'));
  const settings = { 'workbench.startupEditor': 'none', 'telemetry.telemetryLevel': 'off' };
  const server = await startServer({ home, extensions: await installedExtension(), settings, trust: true });
  console.log(`\nOpen ${server.url}/?folder=${encodeURIComponent(folder)}\nCtrl-C ends it.`);
  const keepAlive = setInterval(() => {}, 1 << 30);
  const end = async () => {
    clearInterval(keepAlive);
    await server.stop();
    rmSync(home, { recursive: true, force: true });
    process.exit(0);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
}
