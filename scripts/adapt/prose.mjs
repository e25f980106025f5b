// Prose out of an unpacked Debian package: paragraphs of documentation, dictionary sentences, novels.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { parse } from 'node-html-parser';

/** Paragraphs of every HTML, Markdown, POD and text file below `folder`. */
export function readDocumentation(folder) {
  const paragraphs = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || /changelog|copyright/i.test(entry.name)) continue;
    const name = entry.name.replace(/\.gz$/, '');
    if (!/\.(html|txt|md|pod|rst)$/.test(name)) continue;
    const text = (entry.name.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path)).toString('utf8');
    for (const paragraph of name.endsWith('.html') ? ofHtml(text) : text.split(/\n\s*\n/)) {
      const line = plain(paragraph);
      if (isProse(line)) paragraphs.push(line);
    }
  }
  return paragraphs;
}

/** Definitions and example sentences of WordNet's data files. */
export function readWordNet(folder) {
  const dictionary = join(folder, 'usr/share/wordnet');
  return ['noun', 'verb', 'adj', 'adv'].flatMap((part) =>
    readFileSync(join(dictionary, `data.${part}`), 'utf8')
      .split('\n')
      .filter((line) => line.includes(' | '))
      .map((line) => {
        const word = line.split(' ')[4].replaceAll('_', ' ');
        return `${word}: ${line.slice(line.indexOf(' | ') + 3).trim()}`;
      }),
  );
}

/** The novels of R's janeaustenr: character records of R's serialized data, zlib blocks behind a length. */
export function readJaneAusten(folder) {
  const data = readFileSync(join(folder, 'usr/lib/R/site-library/janeaustenr/data/Rdata.rdb'));
  const paragraphs = [];
  for (let at = data.indexOf('789c', 0, 'hex'); at >= 0; at = data.indexOf('789c', at + 2, 'hex')) {
    let block;
    try {
      block = inflateSync(data.subarray(at));
    } catch {
      continue; // these two bytes were data, not the start of a block
    }
    let lines = [];
    for (let i = block.indexOf('00040009', 0, 'hex'); i >= 0; i = block.indexOf('00040009', i, 'hex')) {
      const length = block.readUInt32BE(i + 4);
      const line = block.toString('utf8', i + 8, i + 8 + length);
      i += 8 + length;
      if (line) {
        lines.push(line);
      } else {
        paragraphs.push(lines.join(' '));
        lines = [];
      }
    }
    paragraphs.push(lines.join(' '));
  }
  return paragraphs.filter(isProse);
}

function ofHtml(text) {
  const root = parse(text, { blockTextElements: { script: false, style: false, pre: false } });
  return root.querySelectorAll('p, dd, li').map((node) => (node.querySelector('p, li') ? '' : node.textContent));
}

/** One line without markup: entities decoded, POD and Markdown marks and left-over tags taken out. */
export function plain(paragraph) {
  return paragraph
    .replace(/&#x?[0-9a-f]+;|&[a-z]+;/gi, (entity) => parse(entity).textContent)
    .replace(/<\/?[a-z]+[^<>]*>/gi, ' ')
    .replace(/[A-Z]<+\s*([^<>]*?)\s*>+/g, '$1')
    .replace(/[`*]{1,2}([^`*]+)[`*]{1,2}/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** At least eight words, mostly letters: no code, no tables, no menus. */
function isProse(line) {
  const letters = line.match(/[A-Za-z ]/g)?.length ?? 0;
  return line.split(' ').length >= 8 && letters >= 0.8 * line.length;
}
