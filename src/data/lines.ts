// The lines of a text file as Python reads them: UTF-8, and \n, \r\n or \r ends a line.
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { throwIfCancelled } from '../base/cancellation.ts';
import { ClozeError, systemCode } from '../base/errors.ts';

/** Yields the lines of `path` in batches. Throws ClozeError for a file that is missing or is not UTF-8 text. */
export async function* readLines(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => bytes.destroy(error));
  let rest = '';
  let read = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      throwIfCancelled(signal);
      onBytes?.(file.bytesRead);
      const text = rest + decode(decoder, chunk, path, read);
      read += chunk.length;
      // a \r at the end may be the first half of \r\n
      const end = text.endsWith('\r') ? text.length - 1 : text.length;
      const lines = text.slice(0, end).split(/\r\n|\n|\r/);
      rest = (lines.pop() as string) + text.slice(end);
      yield lines;
    }
    const last = rest + decode(decoder, null, path, read);
    const lines = last.split(/\r\n|\n|\r/);
    if (lines.at(-1) === '') lines.pop();
    if (lines.length > 0) yield lines;
  } catch (error) {
    throw explain(path, error);
  }
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
