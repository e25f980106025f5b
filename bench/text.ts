// Generated text for benchmarks: lines of 5 to 40 words in the order of the demo's text, so that it looks like language.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

export function writeText(path: string, bytes: number): void {
  const source = readFileSync(new URL('../media/demo/train.txt', import.meta.url), 'utf8').split(/\s+/);
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const file = openSync(path, 'w');
  for (let written = 0; written < bytes; ) {
    const lines: string[] = [];
    for (let i = 0; i < 5000; i++) {
      const count = 5 + random(36);
      const from = random(source.length - count);
      lines.push(source.slice(from, from + count).join(' '));
    }
    written += writeSync(file, `${lines.join('\n')}\n`);
  }
  closeSync(file);
}
