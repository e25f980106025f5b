// Builds dist/: the extension (CommonJS), the engine, the trainer and the command line (ESM), and the webview pages.
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import esbuild from 'esbuild';
import { thirdPartyLicenses } from './scripts/licenses.mjs';

const watch = process.argv.includes('--watch');
const NATIVE = ['onnxruntime-node', 'tokenizers', '@duckdb/node-bindings'];
const shared = { bundle: true, sourcemap: watch, minify: !watch, legalComments: 'linked', logLevel: 'warning' };

/** ESM bundles may hold CommonJS packages that call require(). */
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

/** Uploads go without Xet (src/hub/push.ts): its chunking is left out of @huggingface/hub. */
const withoutXet = {
  name: 'without-xet',
  setup(build) {
    build.onResolve({ filter: /^@huggingface\/xetchunk-wasm$/ }, () => ({ path: 'xetchunk-wasm', namespace: 'none' }));
    build.onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'module.exports = {}' }));
  },
};

const node = { ...shared, platform: 'node', target: 'node20' };
const esm = { ...node, format: 'esm', external: NATIVE, banner, plugins: [withoutXet] };
const page = { ...shared, platform: 'browser', target: 'es2022', format: 'iife', loader: { '.ttf': 'file' } };

/** An entry point and the parts it loads when it needs them. */
const inParts = (name) => ({ ...esm, outdir: 'dist', splitting: true, chunkNames: `${name}-[name]-[hash]` });

/** One build a file, so that an error in one leaves the others built. */
const builds = [
  { ...node, entryPoints: ['src/extension.ts'], outfile: 'dist/extension.cjs', format: 'cjs', external: ['vscode'] },
  // In parts, so that showing tokens loads neither onnxruntime nor DuckDB.
  { ...inParts('engine'), entryPoints: { engine: 'src/engine/main.ts' }, outExtension: { '.js': '.mjs' } },
  { ...inParts('cli'), entryPoints: { cli: 'src/cli/main.ts' } },
  // In one piece, loaded whole at the start: an update of the extension may delete its folder during a run.
  { ...esm, entryPoints: ['src/trainer/main.ts'], outfile: 'dist/trainer.mjs' },
  { ...page, entryPoints: ['webview/masking/main.ts'], outfile: 'dist/webview/masking.js' },
  { ...page, entryPoints: ['webview/training/main.ts'], outfile: 'dist/webview/training.js' },
  { ...page, entryPoints: ['webview/chart/main.ts'], outfile: 'dist/webview/chart.js' },
  { ...page, entryPoints: ['webview/dataset/main.ts'], outfile: 'dist/webview/dataset.js' },
  { ...page, entryPoints: ['webview/model/main.ts'], outfile: 'dist/webview/model.js' },
];

const LICENSES = 'dist/THIRD-PARTY-LICENSES.txt';

/** Upper bounds in kB of what starts with the window or a page: more means that something heavy crept in. */
const BUDGETS = {
  'dist/extension.cjs': 600,
  'dist/webview/masking.js': 400,
  'dist/webview/training.js': 400,
  'dist/webview/chart.js': 400,
  'dist/webview/dataset.js': 400,
  'dist/webview/model.js': 400,
};

/** Writes over dist/ and only then removes what is stale, so that a process started from it keeps finding its files. */
async function buildOnce() {
  const results = await Promise.allSettled(builds.map((options) => esbuild.build({ ...options, metafile: true })));
  const written = {};
  const inputs = [];
  for (const result of results) {
    // esbuild has printed its errors already.
    if (result.status === 'rejected') process.exit(1);
    Object.assign(written, result.value.metafile.outputs);
    inputs.push(...Object.keys(result.value.metafile.inputs));
  }
  await writeFile(LICENSES, thirdPartyLicenses(inputs, [...NATIVE, 'onnxruntime-common']));
  for (const [file, limit] of Object.entries(BUDGETS)) {
    const size = Math.ceil(written[file].bytes / 1000);
    if (size > limit)
      fail(`${file} is ${size} kB, over its budget of ${limit} kB in esbuild.mjs:\n${largest(written[file])}`);
  }
  for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name).replaceAll('\\', '/');
    if (entry.isFile() && file !== LICENSES && !(file in written)) await rm(file);
  }
}

const largest = ({ inputs }) =>
  Object.entries(inputs)
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 8)
    .map(([input, { bytesInOutput }]) => `  ${Math.ceil(bytesInOutput / 1000)} kB  ${input}`)
    .join('\n');

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (watch) {
  for (const options of builds) await (await esbuild.context(options)).watch();
} else {
  await buildOnce();
}
