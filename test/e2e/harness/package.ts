// The extension as users get it: packaged and installed by VS Code itself, once for each state of the built files.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { codeServerPath, nodePath } from '../install.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const cache = path.join(root, 'test/e2e/.run');
const DAY = 24 * 60 * 60 * 1000;

/** Resolves to an extensions folder that holds the installed .vsix. Read only: several servers share it. */
export async function installedExtension(): Promise<string> {
  const given = process.env.CLOZE_E2E_VSIX;
  const folder = path.join(cache, given ? await hashOf([path.resolve(given)]) : await hashOf(await packagedFiles()));
  const extensions = path.join(folder, 'extensions');
  if (existsSync(extensions)) return extensions;
  await mkdir(cache, { recursive: true });
  await dropOldOnes();
  const work = await mkdtemp(path.join(cache, 'new-'));
  try {
    const vsix = given ?? (await packageInto(work));
    await install(vsix, work);
    await rename(work, folder).catch((error: NodeJS.ErrnoException) => {
      // Another test process was first.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return extensions;
}

async function packageInto(folder: string): Promise<string> {
  const vsix = path.join(folder, 'cloze.vsix');
  await run(process.execPath, ['scripts/package.mjs', '--no-build', '--out', vsix], { cwd: root });
  return vsix;
}

async function install(vsix: string, folder: string): Promise<void> {
  const config = path.join(folder, 'config.yaml');
  await writeFile(config, '');
  const places = ['--user-data-dir', path.join(folder, 'user'), '--extensions-dir', path.join(folder, 'extensions')];
  const { stdout, stderr } = await run(
    nodePath,
    [codeServerPath, ...places, '--config', config, '--install-extension', vsix],
    { env: { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', NODE_OPTIONS: '' } },
  );
  if (!/successfully installed/.test(stdout)) throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
}

/** What ends up in the package and may change between two test runs. */
async function packagedFiles(): Promise<string[]> {
  const files = ['package.json', 'package-lock.json', '.vscodeignore', 'scripts/package.mjs'];
  for (const folder of ['dist', 'media', 'bin']) {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
    files.push(...entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)));
  }
  return files.map((file) => path.resolve(root, file)).sort();
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function dropOldOnes(): Promise<void> {
  for (const name of await readdir(cache)) {
    const folder = path.join(cache, name);
    if (Date.now() - (await stat(folder)).mtimeMs > DAY / 24) await rm(folder, { recursive: true, force: true });
  }
}
