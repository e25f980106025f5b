// npm run package: a .vsix for one platform, with that platform's native binaries inside and no others.
//
//   node scripts/package.mjs [--target linux-x64] [--out file.vsix] [--no-build]
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../test/support/run-command.mjs';
import { checkNode, installPackages, root, runNpm } from '../test/support/set-up.mjs';

/** Platforms that all three native packages have binaries for, by VS Code's names. */
const TARGETS = {
  'linux-x64': { tokenizers: 'linux-x64-gnu' },
  'linux-arm64': { tokenizers: 'linux-arm64-gnu' },
  'darwin-arm64': { tokenizers: 'darwin-arm64' },
  'win32-x64': { tokenizers: 'win32-x64-msvc' },
  'win32-arm64': { tokenizers: 'win32-arm64-msvc' },
};
const HERE = `${process.platform}-${process.arch}`;

checkNode();
process.chdir(root);
const { values: options } = parseArgs({
  options: { target: { type: 'string', default: HERE }, out: { type: 'string' }, 'no-build': { type: 'boolean' } },
});
const target = options.target;
if (!(target in TARGETS))
  fail(`No package for ${target}: its native binaries exist for ${Object.keys(TARGETS).join(', ')}.`);

await installPackages();
if (!options['no-build'] && (await runCommand(process.execPath, ['esbuild.mjs'])).code !== 0) fail('The build failed.');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const out = path.resolve(options.out ?? `${manifest.name}-${target}-${manifest.version}.vsix`);
const stage = mkdtempSync(path.join(tmpdir(), 'cloze-package-'));
try {
  await fillStage(stage);
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: stage,
    packagePath: out,
    target,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const { checkPackage } = await import('./check-package.mjs');
  const files = await checkPackage(out, target, TARGETS[target], manifest);
  console.log(`${out}: ${files} files, ${(statSync(out).size / 1e6).toFixed(1)} MB, for ${target}`);
} catch (error) {
  rmSync(out, { force: true });
  fail(error.message);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** Copies what a package may hold; .vscodeignore then says what it does hold. */
async function fillStage(folder) {
  const { devDependencies, scripts, ...shipped } = manifest;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(shipped, null, 2));
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE', '.vscodeignore', 'media', 'dist', 'bin']) {
    if (!existsSync(name)) throw new Error(`${name} is missing.`);
    cpSync(name, path.join(folder, name), { recursive: true });
  }
  for (const [place, { dev, optional }] of Object.entries(
    JSON.parse(readFileSync('package-lock.json', 'utf8')).packages,
  )) {
    if (place === '' || dev || optional) continue;
    cpSync(place, path.join(folder, place), { recursive: true, filter: (file) => forTarget(file) });
  }
  await addDuckDB(folder);
}

/** Leaves out the other platforms' binaries of the packages that hold all of them. */
function forTarget(file) {
  const name = path.relative(root, path.resolve(file)).replaceAll('\\', '/');
  const ort = /^node_modules\/onnxruntime-node\/bin\/napi-v6\/(\w+)(?:\/(\w+))?/.exec(name);
  if (ort) {
    const [os, arch] = target.split('-');
    // The binding loads libonnxruntime.1.dylib; the other name is the same 45 MB again.
    return ort[1] === os && (!ort[2] || ort[2] === arch) && !/\.\d+\.\d+\.\d+\.dylib$/.test(name);
  }
  const tokenizers = /^node_modules\/tokenizers\/tokenizers\.([\w-]+)\.node$/.exec(name);
  return !tokenizers || tokenizers[1] === TARGETS[target].tokenizers;
}

/** DuckDB has one npm package a platform: this machine's is installed, another one comes from the registry. */
async function addDuckDB(folder) {
  const name = `@duckdb/node-bindings-${target}`;
  const place = path.join('node_modules', name);
  if (existsSync(place)) return cpSync(place, path.join(folder, place), { recursive: true });
  const { version } = JSON.parse(readFileSync('node_modules/@duckdb/node-bindings/package.json', 'utf8'));
  const fetched = path.join(folder, 'fetched');
  mkdirSync(fetched);
  writeFileSync(path.join(fetched, 'package.json'), '{"private":true}');
  // --force: it is not for this machine, as npm would object.
  const flags = ['--force', '--ignore-scripts', '--no-package-lock', '--loglevel=error'];
  const { code } = await runNpm(['install', ...flags, `${name}@${version}`], fetched);
  if (code !== 0) throw new Error(`npm could not fetch ${name}@${version}.`);
  cpSync(path.join(fetched, place), path.join(folder, place), { recursive: true });
  rmSync(fetched, { recursive: true });
}

function fail(message) {
  console.error(`✗ ${message}`);
  process.exit(1);
}
