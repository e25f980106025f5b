// What was installed from the .vsix works by itself, outside VS Code too: its command line, its native packages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test, { before } from 'node:test';
import { installedExtension } from './harness/package.ts';

let extension = '';

before(async () => {
  const extensions = await installedExtension();
  const name = readdirSync(extensions).find((entry) => entry.startsWith('cloze.cloze-'));
  assert.ok(name, `no cloze.cloze in ${extensions}`);
  extension = path.join(extensions, name);
});

const cloze = (...args: readonly string[]) =>
  execFileSync(process.execPath, [path.join(extension, 'dist/cli.js'), ...args], { encoding: 'utf8', cwd: '/' });

test('the installed command line tells how to use it', () => {
  assert.match(cloze('--help'), /^ +mask [\s\S]*^ +train /m);
});

test('the installed command line masks with the bundled model: the tokenizer loads', () => {
  const model = path.join(extension, 'media/model');
  const flags = ['--stream', 'numpy', '--seed', '3', '--format', 'json'];
  const [call] = JSON.parse(cloze('mask', '--model', model, '--text', 'transformers are awesome!', ...flags));
  assert.deepEqual(call.input_ids, [[101, 19081, 2024, 12476, 103, 102]]);
  assert.deepEqual(call.labels, [[-100, -100, -100, -100, 999, -100]]);
});

test('the installed command line predicts: ONNX Runtime loads', () => {
  const model = path.join(extension, 'media/model');
  const guesses = JSON.parse(cloze('fill-mask', '--model', model, '--text', 'The [MASK] is red.', '--format', 'json'));
  assert.equal(guesses.length, 5);
  for (const { score, token_str, sequence } of guesses) {
    assert.ok(score > 0 && score < 1);
    assert.ok(sequence.includes(token_str));
  }
});

test('licence, notice and the built files are there, sources and maps are not', () => {
  for (const name of ['LICENSE.txt', 'NOTICE', 'readme.md', 'changelog.md', 'dist/extension.cjs']) {
    assert.ok(existsSync(path.join(extension, name)), name);
  }
  assert.ok(!existsSync(path.join(extension, 'src')));
  assert.ok(!readdirSync(path.join(extension, 'dist')).some((name) => name.endsWith('.map')));
});
