// A name for what is made from files: the same contents and settings give the same name, wherever the files lie.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { throwIfCancelled } from '../base/cancellation.ts';
import { PACKED } from './unpack.ts';

/** A file's kind and the SHA-256 of its bytes. `onBytes` is told how many were read so far. */
export async function contentOf(
  path: string,
  { signal, onBytes }: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void } = {},
): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    throwIfCancelled(signal);
    hash.update(chunk);
    read += chunk.length;
    onBytes?.(read);
  }
  return `${extname(path.replace(PACKED, '')).toLowerCase()}${PACKED.exec(path)?.[0].toLowerCase() ?? ''} ${hash.digest('hex')}`;
}

/** The name of what `settings` make of these contents. */
export function contentKey(contents: readonly string[], settings: object): string {
  return createHash('sha256').update(JSON.stringify({ contents, settings })).digest('hex').slice(0, 32);
}
