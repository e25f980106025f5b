// Gathers what VS Code wrote about the extension, for the report of a failed test.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Server } from './server.ts';

export async function collectLogs(server: Server, consoleErrors: readonly string[]): Promise<string> {
  const entries = await readdir(server.logsFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => /cloze|remoteexthost|exthost/i.test(path.relative(server.logsFolder, file)));
  const parts = [`== page console errors ==\n${consoleErrors.join('\n')}`];
  for (const file of [...files, server.outputFile]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.trim()) parts.push(`== ${path.basename(file)} ==\n${text.slice(-20_000)}`);
  }
  return parts.join('\n\n');
}
