// What is looked at before DuckDB reads a table of text: it would tell it late, or in words that do not help.
import { open } from 'node:fs/promises';
import { ClozeError } from '../base/errors.ts';
import { readLineBatches, utf16 } from './lines.ts';
import { PACKED } from './unpack.ts';

/** Throws ClozeError for a .csv, .tsv or .json file in UTF-16, and for a packed one with a first line without end. */
export async function checkTable(path: string): Promise<void> {
  if (PACKED.test(path)) {
    if (/\.[ct]sv\.\w+$/i.test(path)) await refuseEndlessLine(path);
  } else await refuseUtf16(path);
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
