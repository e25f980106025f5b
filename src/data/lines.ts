// The lines of a text file as Python reads them: UTF-8, and \n, \r\n or \r ends a line.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError, systemCode } from '../base/errors.ts';

/** Some lines of a file. */
export interface LineBatch {
  readonly lines: readonly string[];
  /** Where line i of the batch starts in the file (unpacked, if it is packed), counted from 0. */
  byteOf(i: number): number;
}

/** Yields the lines of `path` in batches. Throws ClozeError for a file that is missing or is not UTF-8 text. */
export async function* readLines(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<readonly string[]> {
  for await (const { lines } of readLineBatches(path, signal, onBytes)) yield lines;
}

/** As {@link readLines}, with the place of each line. */
export async function* readLineBatches(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => bytes.destroy(error));
  let rest = '';
  let read = 0;
  /** Where `rest` starts. */
  let start = 0;
  const batch = (lines: readonly string[], text: string): LineBatch => {
    const from = start;
    start += Buffer.byteLength(text);
    return { lines, byteOf: (i) => from + Buffer.byteLength(text.slice(0, startOf(i, lines, text))) };
  };
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      throwIfCancelled(signal);
      onBytes?.(file.bytesRead);
      // the decoder leaves out a byte order mark
      if (read === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) start = 3;
      const text = rest + decode(decoder, chunk, path, read);
      read += chunk.length;
      // a \r at the end may be the first half of \r\n
      const end = text.endsWith('\r') ? text.length - 1 : text.length;
      const lines = text.slice(0, end).split(/\r\n|\n|\r/);
      rest = (lines.pop() as string) + text.slice(end);
      yield batch(lines, text.slice(0, text.length - rest.length));
    }
    const last = rest + decode(decoder, null, path, read);
    const lines = last.split(/\r\n|\n|\r/);
    if (lines.at(-1) === '') lines.pop();
    if (lines.length > 0) yield batch(lines, last);
  } catch (error) {
    throw explain(path, error);
  }
}

/** Where line i starts in `text`, whose lines end as they end there. */
function startOf(i: number, lines: readonly string[], text: string): number {
  let at = 0;
  for (let line = 0; line < i; line++) {
    at += (lines[line] as string).length;
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
  return at;
}

function decode(decoder: TextDecoder, chunk: Uint8Array | null, path: string, at: number): string {
  let text: string;
  try {
    text = chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    const where = chunk ? at + firstBadByte(chunk) : at;
    throw new ClozeError('bad-input', `${path} is not UTF-8 text (near byte ${where}).`, 'Save it as UTF-8.');
  }
  const zero = text.indexOf('\0');
  if (zero >= 0) {
    throw new ClozeError('bad-input', `${path} holds zero bytes: it is no text file.`, 'Choose a text file.');
  }
  return text;
}

/** Offset of the first sequence in `chunk` that is not UTF-8. A sequence cut off by the chunk's start counts from 0. */
function firstBadByte(chunk: Uint8Array): number {
  let low = 0;
  let high = chunk.length;
  const good = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(chunk.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (good(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function explain(path: string, error: unknown): unknown {
  switch (systemCode(error)) {
    case 'ENOENT':
      return new ClozeError('not-found', `There is no file ${path}.`, 'Check the path.', { cause: error });
    case 'EISDIR':
      return new ClozeError('bad-input', `${path} is a folder.`, 'Name a file in it.', { cause: error });
    case 'EACCES':
      return new ClozeError('bad-input', `No permission to read ${path}.`, 'Change its permissions.', { cause: error });
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return new ClozeError('bad-input', `${path} is not whole gzip data.`, 'Copy or pack it again.', { cause: error });
    default:
      return error;
  }
}
