// Installing runs no package's script and reaches nothing but the registry, and everything works all the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import esbuild from 'esbuild';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../../src/onnx/builder.ts';
import { encodeModel } from '../../src/onnx/encode.ts';

interface LockedPackage {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
}

const lockFile = (file: string): Readonly<Record<string, LockedPackage>> =>
  JSON.parse(readFileSync(file, 'utf8')).packages;

test('install scripts are off, here and for the end-to-end tests', () => {
  for (const file of ['.npmrc', 'test/e2e/.npmrc']) assert.match(readFileSync(file, 'utf8'), /^ignore-scripts=true$/m);
});

test('no lock file is tied to one registry', () => {
  for (const file of ['package-lock.json', 'test/e2e/package-lock.json']) {
    const tied = Object.entries(lockFile(file)).filter(([, { resolved }]) => resolved !== undefined);
    assert.deepEqual(tied, [], file);
  }
});

test('the lock file holds every platform of the packages with native binaries', () => {
  const packages = lockFile('package-lock.json');
  for (const name of ['esbuild', '@biomejs/biome', '@duckdb/node-bindings']) {
    const wanted = Object.keys(packages[`node_modules/${name}`]?.optionalDependencies ?? {});
    assert.ok(wanted.length > 0, name);
    assert.deepEqual(
      wanted.filter((platform) => !packages[`node_modules/${platform}`]),
      [],
    );
  }
});

test('our own manifest has no script that npm runs by itself', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const automatic = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish', 'vscode:uninstall'];
  assert.deepEqual(
    automatic.filter((name) => name in scripts),
    [],
  );
});

test('only native packages are runtime dependencies', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.deepEqual(Object.keys(dependencies).sort(), ['@duckdb/node-bindings', 'onnxruntime-node', 'tokenizers']);
});

test('ONNX Runtime is the very version that transformers.js pins: two in one process clash', () => {
  const versionOf = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const pinned = versionOf('node_modules/@huggingface/transformers/package.json').dependencies['onnxruntime-node'];
  assert.equal(versionOf('node_modules/onnxruntime-node/package.json').version, pinned);
  assert.equal(versionOf('package.json').dependencies['onnxruntime-node'], pinned);
});

test('esbuild runs without its install script', async () => {
  const { code } = await esbuild.transform('const x: number = 1; export default x', { loader: 'ts' });
  assert.equal(code, 'const x = 1;\nexport default x;\n');
});

test('ONNX Runtime runs without its install script', async () => {
  const graph = new GraphBuilder();
  const x = graph.input('x', 'float32', [3]);
  const y = graph.op('Add', [x, graph.scalar(1)]);
  graph.output(y);
  const session = await InferenceSession.create(encodeModel(graph.build()));
  const result = await session.run({ x: new Tensor('float32', [1, 2, 3], [3]) });
  assert.deepEqual(result[y]?.data, new Float32Array([2, 3, 4]));
  await session.release();
});
