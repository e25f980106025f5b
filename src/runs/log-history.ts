// log_history.jsonl: appended to by the trainer, replayed and tailed by everybody else.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainWriteError } from '../base/atomic.ts';
import type { LogEntry, LogLine } from '../protocol/runs.ts';
import { LOG_HISTORY_FILE } from './files.ts';

/** Appends one line; it is on the disk when the promise resolves. */
export async function appendLog(folder: string, line: LogLine): Promise<void> {
  const path = join(folder, LOG_HISTORY_FILE);
  try {
    const file = await open(path, 'a+');
    try {
      await file.appendFile((await endsInLine(file)) ? `${JSON.stringify(line)}\n` : `\n${JSON.stringify(line)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainWriteError(path, error);
  }
}

/** A process killed in the middle of a line leaves a part of one: the next line starts on its own. */
async function endsInLine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** The history as it counts: entries that a resume went back before are dropped, and so are damaged lines. */
export function replay(text: string): LogEntry[] {
  let entries: LogEntry[] = [];
  for (const line of text.split('\n')) {
    const parsed = parse(line);
    if (parsed === null) continue;
    if ('resumed_from' in parsed) {
      const from = Number(parsed.resumed_from);
      entries = entries.filter(({ step }) => step <= from);
    } else {
      entries.push(parsed);
    }
  }
  return entries;
}

/** The whole history of a run; empty before the first entry. */
export async function readLogHistory(folder: string): Promise<LogEntry[]> {
  return replay(await readFile(join(folder, LOG_HISTORY_FILE), 'utf8').catch(() => ''));
}

function parse(line: string): LogLine | null {
  if (line.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    if ('resumed_from' in value) return value as LogLine;
    return typeof (value as { step?: unknown }).step === 'number' ? (value as LogEntry) : null;
  } catch {
    return null;
  }
}
