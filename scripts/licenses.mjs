// Gathers the licences of every npm package inside dist/ and of the native packages beside it, as one text.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** `inputs`: the source files that esbuild's metafiles name; `runtime`: packages that ship as they are. */
export function thirdPartyLicenses(inputs, runtime) {
  const folders = new Set(runtime.map((name) => `node_modules/${name}`));
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) folders.add(match[1]);
  }
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${licenseText(folder, name, license)}`;
  });
  const intro = 'Cloze holds these packages, each under its own licence.';
  return `${[intro, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function licenseText(folder, name, license) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim()).join('\n\n');
  const holder = NO_FILE[name];
  if (license !== 'MIT' || !holder)
    throw new Error(`${name} has no licence file: say in scripts/licenses.mjs whose it is.`);
  // Our own LICENSE is MIT: the same words below another copyright line.
  const words = readFileSync('LICENSE', 'utf8');
  return words.replace(/^Copyright.*$/m, `Copyright (c) ${holder}`).trim();
}

/** MIT packages that ship without a licence file, and who holds their copyright (from their repositories). */
const NO_FILE = {
  '@microsoft/fast-element': 'Microsoft Corporation',
  '@microsoft/fast-foundation': 'Microsoft Corporation',
  '@microsoft/fast-web-utilities': 'Microsoft Corporation',
  'onnxruntime-node': 'Microsoft Corporation',
  'onnxruntime-common': 'Microsoft Corporation',
};
