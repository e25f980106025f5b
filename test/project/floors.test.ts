// The floors of src/README.md hold: the linter refuses an import that goes upward, and every floor has its rule.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';

const FORBIDDEN = [
  ['src/base/x.ts', '../runs/y.ts'],
  ['src/protocol/x.ts', 'node:fs'],
  ['src/host/x.ts', '../tokenize/y.ts'],
  ['src/host/nested/x.ts', '../../train/y.ts'],
  ['src/train/x.ts', 'onnxruntime-node'],
  ['src/train/y.ts', '@huggingface/hub'],
  ['src/engine/x.ts', 'vscode'],
  ['src/cli/x.ts', '../extension.ts'],
  ['src/models/x.ts', '../train/y.ts'],
  ['src/models/y.ts', '../inspect/y.ts'],
  ['src/inspect/x.ts', '../train/y.ts'],
  ['webview/masking/x.ts', '../../src/host/y.ts'],
  ['webview/masking/y.ts', '../../../src/base/y.ts'],
] as const;

const ALLOWED = [
  ['src/base/z.ts', 'node:fs'],
  ['src/host/z.ts', '../protocol/y.ts'],
  ['src/host/nested/z.ts', '../../runs/y.ts'],
  ['src/session/z.ts', 'onnxruntime-node'],
  ['src/tokenize/z.ts', 'tokenizers'],
  ['src/hub/z.ts', '@huggingface/hub'],
  ['src/train/z.ts', '../models/y.ts'],
  ['src/inspect/z.ts', '../models/y.ts'],
  ['webview/masking/z.ts', '../../src/protocol/y.ts'],
] as const;

test('the linter refuses every import that goes upward, and none that goes downward', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cloze-floors-'));
  try {
    for (const name of ['biome.jsonc', '.gitignore']) cpSync(name, path.join(folder, name));
    for (const [file, from] of [...FORBIDDEN, ...ALLOWED]) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), `import { y } from '${from}';\n\nconsole.log(y);\n`);
    }
    const biome = path.resolve('node_modules/@biomejs/biome/bin/biome');
    const { stdout, stderr } = spawnSync(process.execPath, [biome, 'lint', '.'], { cwd: folder, encoding: 'utf8' });
    const refused = [...`${stdout}${stderr}`.matchAll(/^(\S+):\d+:\d+ lint\/style\/noRestrictedImports/gm)];
    assert.deepEqual(refused.map(([, file]) => file).sort(), FORBIDDEN.map(([file]) => file).sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every folder of src has a row in the floors and a rule', () => {
  const floors = readFileSync('src/README.md', 'utf8');
  const rules = readFileSync('biome.jsonc', 'utf8');
  for (const entry of readdirSync('src', { withFileTypes: true })) {
    if (!entry.isDirectory() || readdirSync(`src/${entry.name}`).length === 0) continue;
    assert.ok(floors.includes(`\`${entry.name}/\``), `${entry.name} in src/README.md`);
    assert.ok(rules.includes(`"src/${entry.name}/**"`), `${entry.name} in biome.jsonc`);
  }
});
