// Many lines into one file, as fast as the disk takes them.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Writes the batches of `lines` to `target`, a line each; rejects with what the disk or `lines` throws. */
export async function writeLines(target: string, lines: AsyncIterable<readonly string[]>): Promise<void> {
  const output = createWriteStream(target);
  // an error is thrown by finished(), or by the wait for room
  output.on('error', () => {});
  try {
    for await (const batch of lines) {
      if (batch.length > 0 && !output.write(`${batch.join('\n')}\n`)) await once(output, 'drain');
    }
    output.end();
    await finished(output);
  } finally {
    output.destroy();
  }
}
