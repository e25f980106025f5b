// The bytes of a file as they are, or unpacked: .gz by Node, .zst by fzstd.
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { ClozeError } from '../base/errors.ts';

/** Matches names of packed files. */
export const PACKED = /\.(gz|zst)$/i;

/** Yields chunks; `onBytes` is told how much of the file itself was read. */
export async function* openBytes(path: string, onBytes?: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const unpack = /\.gz$/i.test(path)
    ? createGunzip({ chunkSize: 1 << 18 })
    : /\.zst$/i.test(path)
      ? unzstd(path)
      : null;
  const bytes = unpack ? file.pipe(unpack) : file;
  file.on('error', (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      onBytes?.(file.bytesRead);
      yield chunk;
    }
  } finally {
    file.destroy();
  }
}

/** Throws ClozeError for what is not whole Zstandard data. */
function unzstd(path: string): Transform {
  const broken = (error: unknown) =>
    new ClozeError('bad-input', `${path} is not whole Zstandard data.`, 'Copy or pack it again.', { cause: error });
  let isWhole = false;
  const transform = new Transform({
    readableHighWaterMark: 1 << 20,
    transform(chunk: Buffer, _encoding, done) {
      try {
        // a bounded piece at a time: a small file may unpack to a very large one
        for (let at = 0; at < chunk.length; at += 1 << 14) decompress.push(chunk.subarray(at, at + (1 << 14)));
        done();
      } catch (error) {
        done(broken(error));
      }
    },
    flush(done) {
      try {
        decompress.push(new Uint8Array(0), true);
        done(isWhole ? null : broken(null));
      } catch (error) {
        done(broken(error));
      }
    },
  });
  const decompress = new Decompress((data, final) => {
    isWhole ||= final === true;
    if (data.length > 0) transform.push(Buffer.from(data));
  });
  return transform;
}
