// The documents keep their word: what they link to exists, and pictures are of a kind that a .vsix may hold.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const documents = ['README.md', 'CHANGELOG.md', 'src/README.md', 'test/e2e/README.md'].concat(
  readdirSync('media', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('media', name)),
);

for (const document of documents) {
  test(`${document} links to what exists`, () => {
    const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const relative = links
      .filter((link) => !/^(https?:|command:|#)/.test(link))
      .map((link) => link.split('#')[0] ?? '');
    assert.deepEqual(
      relative.filter((link) => !existsSync(path.join(path.dirname(document), link))),
      [],
    );
  });
}

test('the README shows PNG pictures only, and names commands that package.json has', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const [, picture] of readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) assert.match(picture ?? '', /\.png$/);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const [, name] of readme.matchAll(/`npm (?:run )?(\w+)`/g))
    assert.ok(name && name in scripts, `npm run ${name}`);
});
