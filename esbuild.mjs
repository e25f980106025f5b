// Builds dist/: the extension (CommonJS), the engine, the trainer and the command line (ESM), and the webview pages.
import { rm } from 'node:fs/promises';
import esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const NATIVE = ['onnxruntime-node', 'tokenizers', '@duckdb/node-api'];
const shared = { bundle: true, sourcemap: watch, minify: !watch, legalComments: 'linked', logLevel: 'warning' };

/** ESM bundles may hold CommonJS packages that call require(). */
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

const builds = [
  {
    ...shared,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode'],
  },
  {
    ...shared,
    entryPoints: { engine: 'src/engine/main.ts', trainer: 'src/trainer/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: NATIVE,
    banner,
  },
  {
    ...shared,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: 'dist',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: NATIVE,
    banner: { js: `#!/usr/bin/env node\n${banner.js}` },
  },
  {
    ...shared,
    entryPoints: {
      masking: 'webview/masking/main.ts',
      training: 'webview/training/main.ts',
      chart: 'webview/chart/main.ts',
    },
    outdir: 'dist/webview',
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    loader: { '.ttf': 'file' },
  },
];

if (watch) {
  for (const options of builds) await (await esbuild.context(options)).watch();
} else {
  await rm('dist', { recursive: true, force: true });
  await Promise.all(builds.map((options) => esbuild.build(options)));
}
