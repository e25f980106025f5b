// What is looked at before DuckDB reads a table of text: it would tell it late, or in words that do not help.
import { open, stat } from 'node:fs/promises';
import { ClozeError } from '../base/errors.ts';
import { formatOf } from './format.ts';
import { DEEPEST } from './json-lines.ts';
import { readLineBatches, utf16 } from './lines.ts';
import { openBytes, PACKED } from './unpack.ts';

/** Files found fit, by path, size and time: each is asked about several times, and JSON is read whole for the answer. */
const fit = new Set<string>();
/** So many are remembered at the most. */
const REMEMBERED = 10_000;

/**
 * Throws ClozeError for a .csv, .tsv or .json file in UTF-16, for a packed one with a first line without end, and for JSON
 * nested too deeply.
 */
export async function checkTable(path: string): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  const state = `${path}\n${size} ${mtimeMs}`;
  if (fit.has(state)) return;
  const format = formatOf(path);
  if (format === 'json' || format === 'jsonl') await refuseDeep(path, format === 'jsonl');
  if (!PACKED.test(path)) await refuseUtf16(path);
  else if (format === 'csv') await refuseEndlessLine(path);
  if (fit.size >= REMEMBERED) fit.clear();
  fit.add(state);
}

/** A packed file may unpack to one line without end, which DuckDB would read to its end. */
async function refuseEndlessLine(path: string): Promise<void> {
  for await (const { bad } of readLineBatches(path)) {
    const problem = bad.get(0);
    if (problem === undefined) return;
    throw new ClozeError('bad-input', `${path} line 1: ${problem}.`, 'Check that it is what its name says.');
  }
}

async function refuseUtf16(path: string): Promise<void> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    const mark = head.readUInt16LE(0);
    if (mark === 0xfeff || mark === 0xfffe) throw utf16(path);
  } finally {
    await file.close();
  }
}

/** `byLine`: each line is an object of its own. */
async function refuseDeep(path: string, byLine: boolean): Promise<void> {
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  for await (const bytes of openBytes(path)) {
    for (let i = 0; i < bytes.length; i++) {
      if (byLine && depth === 0 && !isText) {
        // a line shorter than its brackets would be cannot be deep
        const end = bytes.indexOf(NEW_LINE, i);
        if (end >= 0 && end - i < DEEPEST) {
          i = end;
          continue;
        }
      }
      const byte = bytes[i];
      if (byLine && byte === NEW_LINE) {
        depth = 0;
        isText = false;
        isEscaped = false;
      } else if (isEscaped) isEscaped = false;
      else if (isText) {
        if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isText = false;
      } else if (byte === QUOTE) isText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
      if (depth > DEEPEST) {
        throw new ClozeError(
          'bad-input',
          `${path} holds more than ${DEEPEST.toLocaleString('en')} lists or objects within each other.`,
          'Leave that row out.',
        );
      }
    }
  }
}

const [NEW_LINE, BACKSLASH, QUOTE] = [10, 92, 34];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];
