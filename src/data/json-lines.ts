// .jsonl: an object a line, checked line by line so that a bad one is told by its number.
import { ClozeError } from '../base/errors.ts';
import { chooseColumn } from './column.ts';
import { readLineBatches } from './lines.ts';
import type { BadRow, TextSource } from './types.ts';

const LOOK_AT = 1000; // lines whose keys make the list of columns

export async function openJsonLines(path: string, wanted: string | null): Promise<TextSource> {
  const first: Record<string, unknown>[] = [];
  for await (const { lines } of readLineBatches(path)) {
    for (const line of lines) {
      const value = line.trim() === '' ? null : parseObject(line);
      if (value && typeof value === 'object') first.push(value);
    }
    if (first.length >= LOOK_AT) break;
  }
  const columns = [...new Set(first.flatMap(Object.keys))];
  if (columns.length === 0) {
    throw new ClozeError('bad-input', `${path} holds no JSON object.`, 'Each line must be one, such as {"text": "…"}.');
  }
  const isText = (name: string) => first.some((row) => typeof row[name] === 'string');
  const column = chooseColumn(path, columns, columns.filter(isText), wanted);
  return { path, columns, column, rows: (...how) => rows(path, column, ...how), close() {} };
}

async function* rows(
  path: string,
  column: string,
  onBadRow: (row: BadRow) => void,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<(string | null)[]> {
  let line = 0;
  for await (const { lines, bad } of readLineBatches(path, signal, onBytes)) {
    const texts: (string | null)[] = [];
    for (const [i, text] of lines.entries()) {
      line++;
      const problem = bad.get(i);
      if (problem !== undefined) onBadRow({ line, reason: problem });
      if (text.trim() === '') continue;
      const row = parseObject(text);
      if (typeof row === 'string') onBadRow({ line, reason: row });
      else {
        const value = row[column];
        if (value === undefined || value === null) texts.push(null);
        else if (typeof value === 'string') texts.push(value);
        else
          onBadRow({
            line,
            reason: `"${column}" is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not text`,
          });
      }
    }
    yield texts;
  }
}

/** The object, or why it is none. */
export function parseObject(line: string): Record<string, unknown> | string {
  try {
    if (isTooDeep(line)) return `lists or objects more than ${DEEPEST.toLocaleString('en')} times within each other`;
    const value = parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return 'not a JSON object';
  } catch (error) {
    return `not JSON (${error instanceof Error ? error.message : error})`;
  }
}

/** As Python's json: NaN and Infinity are numbers, though JSON has none. NaN is taken for a missing value. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!/NaN|Infinity/.test(line)) throw error;
    return JSON.parse(line.replace(STRING_OR_NUMBER, (part) => NUMBERS[part] ?? part));
  }
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
const NUMBERS: Readonly<Record<string, string>> = { NaN: 'null', Infinity: '1e999', '-Infinity': '-1e999' };

/** Lists and objects within each other that a row may have: beyond ten thousand DuckDB's process ends. */
export const DEEPEST = 5000;

/** Told by brackets outside of strings; only a line that is long enough is looked at. */
function isTooDeep(line: string): boolean {
  if (line.length < 2 * DEEPEST) return false;
  let depth = 0;
  let isText = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (isText) {
      if (character === '\\') i++;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}
