// The manifest keeps its word: what it declares exists, and what it names is described.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { pathsIn } from '../../scripts/check-package.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { contributes } = manifest;
const declared: string[] = contributes.commands.map(({ command }: { command: string }) => command);

test('every declared command is registered by the built extension, and no other one of ours', () => {
  const built = readFileSync('dist/extension.cjs', 'utf8');
  const registered = new Set([...built.matchAll(/["'`](cloze\.[\w.]+)["'`]/g)].map(([, name]) => name));
  assert.deepEqual(
    declared.filter((command) => !registered.has(command)),
    [],
    'declared but nowhere in dist/extension.cjs',
  );
  const called = [...built.matchAll(/registerCommand\(["'`](cloze\.[\w.]+)["'`]/g)].map(([, name]) => name ?? '');
  assert.deepEqual(
    called.filter((command) => !declared.includes(command) && !command.startsWith('cloze.internal.')),
    [],
  );
});

test('every file that the manifest names exists', () => {
  assert.deepEqual(
    pathsIn(manifest).filter((file) => !existsSync(file)),
    [],
  );
});

test('menus, keys and walkthroughs use declared commands only', () => {
  const entries = [...Object.values(contributes.menus).flat(), ...(contributes.keybindings ?? [])] as {
    command?: string;
  }[];
  const welcome = JSON.stringify([contributes.viewsWelcome ?? [], contributes.walkthroughs ?? []]);
  const used = [
    ...entries.flatMap(({ command }) => command ?? []),
    ...[...welcome.matchAll(/command:(cloze\.[\w.]+)/g)].map(([, name]) => name ?? ''),
    ...[...welcome.matchAll(/onCommand:(cloze\.[\w.]+)/g)].map(([, name]) => name ?? ''),
  ];
  assert.deepEqual(
    used.filter((command) => !declared.includes(command)),
    [],
  );
});

test('commands carry the category Cloze, and every setting a description, a default and an order', () => {
  for (const { command, category } of contributes.commands) assert.equal(category, 'Cloze', command);
  for (const { title, properties } of contributes.configuration) {
    assert.ok(title);
    for (const [name, setting] of Object.entries<Record<string, unknown>>(properties)) {
      assert.match(name, /^cloze\./);
      assert.ok(setting.description ?? setting.markdownDescription, `${name} has no description`);
      assert.ok('default' in setting, `${name} has no default`);
      assert.ok('order' in setting, `${name} has no order`);
    }
  }
});

test('settings that name folders or start work wait for trust, and they exist', () => {
  const settings = contributes.configuration.flatMap(({ properties }: { properties: object }) =>
    Object.keys(properties),
  );
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, 'limited');
  assert.deepEqual(
    restrictedConfigurations.filter((name: string) => !settings.includes(name)),
    [],
  );
  for (const name of ['cloze.model', 'cloze.modelFolders']) assert.ok(restrictedConfigurations.includes(name), name);
});

test('the engine, types and entry point agree on VS Code 1.101 and Node 20', () => {
  assert.equal(manifest.engines.vscode, '^1.101.0');
  assert.equal(manifest.devDependencies['@types/vscode'], '1.101.0');
  assert.equal(manifest.main, './dist/extension.cjs');
  assert.deepEqual(manifest.extensionKind, ['workspace']);
  assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
});
