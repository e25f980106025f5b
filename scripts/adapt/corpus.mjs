// Gathers prose of many kinds for adapting the bundled model:
//   node scripts/adapt/corpus.mjs OUT [--text FILE.txt[.gz] …]
// Debian's documentation packages are downloaded with `apt-get download` and read, never installed; --text adds
// files of paragraphs, one a line (a blank line between articles). OUT gets train.txt and one heldout-*.txt a kind,
// one row a line, and sources.json: what was read, how much, and its sha256.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { plain, readDocumentation, readJaneAusten, readWordNet } from './prose.mjs';
import { heldOut, rowsOf, shuffle } from './rows.mjs';

/** rust-doc is left out on purpose: the demo's data come from it, and the model must not know them. */
const PACKAGES = [
  ['python3.11-doc', readDocumentation, 'documentation'],
  ['postgresql-doc-15', readDocumentation, 'documentation'],
  ['sqlite3-doc', readDocumentation, 'documentation'],
  ['git-doc', readDocumentation, 'documentation'],
  ['nodejs-doc', readDocumentation, 'documentation'],
  ['perl-doc', readDocumentation, 'documentation'],
  ['python-django-doc', readDocumentation, 'documentation'],
  ['python-pandas-doc', readDocumentation, 'documentation'],
  ['apache2-doc', readDocumentation, 'documentation'],
  ['postfix-doc', readDocumentation, 'documentation'],
  ['cmake-doc', readDocumentation, 'documentation'],
  ['sphinx-doc', readDocumentation, 'documentation'],
  ['gimp-help-en', readDocumentation, 'documentation'],
  ['debian-handbook', readDocumentation, 'documentation'],
  ['debian-reference-en', readDocumentation, 'documentation'],
  ['wordnet-base', readWordNet, 'dictionary'],
  ['r-cran-janeaustenr', readJaneAusten, 'novels'],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { text: { type: 'string', multiple: true, default: [] } },
});
const out = positionals[0];
if (!out) throw new Error('Say where to: node scripts/adapt/corpus.mjs OUT [--text FILE …]');
const folder = resolve(out);
mkdirSync(join(folder, 'packages'), { recursive: true });

const sources = [];
const train = [];
const kept = new Map();
for (const [name, read, kind] of PACKAGES) add(name, kind, read(unpack(name)), packageVersion(name));
for (const file of values.text) {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  add(basename(file), 'encyclopedia', text.split('\n').map(plain), createHash('sha256').update(bytes).digest('hex'));
}
shuffle(train);
writeFileSync(join(folder, 'train.txt'), `${train.join('\n')}\n`);
for (const [kind, rows] of kept) writeFileSync(join(folder, `heldout-${kind}.txt`), `${rows.join('\n')}\n`);
writeFileSync(join(folder, 'sources.json'), `${JSON.stringify(sources, null, 2)}\n`);
console.log(`${train.length} rows to train on in ${join(folder, 'train.txt')}`);

/** Splits one source by paragraph, so that no held-out text is ever trained on, and cuts both parts into rows. */
function add(name, kind, paragraphs, version) {
  const unique = [...new Set(paragraphs.map((line) => line.replace(/\s+/g, ' ').trim()))].filter(Boolean);
  const { training, rest } = heldOut(unique);
  const rows = rowsOf(training);
  for (const row of rows) train.push(row);
  kept.set(kind, [...(kept.get(kind) ?? []), ...rowsOf(rest)]);
  const words = unique.reduce((sum, line) => sum + line.split(' ').length, 0);
  sources.push({ name, version, kind, paragraphs: unique.length, words, rows: rows.length });
  console.log(`${name}: ${unique.length} paragraphs, ${words} words, ${rows.length} rows`);
}

function debOf(name) {
  const found = readdirSync(join(folder, 'packages')).find(
    (file) => file.startsWith(`${name}_`) && file.endsWith('.deb'),
  );
  return found && join(folder, 'packages', found);
}

function unpack(name) {
  if (!debOf(name)) execFileSync('apt-get', ['download', name], { cwd: join(folder, 'packages'), stdio: 'ignore' });
  const target = join(folder, 'packages', name);
  const deb = debOf(name);
  if (!deb) throw new Error(`apt-get did not deliver ${name}.`);
  if (!existsSync(target) || !statSync(target).isDirectory()) execFileSync('dpkg-deb', ['-x', deb, target]);
  return target;
}

function packageVersion(name) {
  return basename(debOf(name)).split('_')[1];
}
