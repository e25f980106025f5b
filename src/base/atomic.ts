// Files that are either whole or not there: write beside, flush, rename.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClozeError, systemCode } from './errors.ts';

/** Replaces `path` by `data` so that a reader, or a crash, sees the old file or the new one, never a part. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await replaceAtomic(path, async (file) => {
    await file.writeFile(data);
  });
}

/** Like {@link writeFileAtomic} for content too large for one buffer: `write` fills the new file. */
export async function replaceAtomic(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainWriteError(path, error);
  }
  await syncFolder(dirname(path));
}

/** Bytes at the end of what is written; a file takes at most 2 GB at once. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const chunk = 1 << 28;
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, Math.min(chunk, bytes.length - at));
    at += bytesWritten;
  }
}

/** Makes a rename inside `folder` survive a power cut, on systems whose folders can be flushed. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch {
    // some file systems refuse to flush a folder; the rename stands all the same
  } finally {
    await handle.close();
  }
}

/** Turns the system's write errors into ones that say what to do. */
export function explainWriteError(path: string, error: unknown): unknown {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ClozeError(
        'disk-full',
        `The disk is full: could not write ${path}.`,
        'Free some space and try again.',
        {
          cause: error,
        },
      );
    case 'EFBIG':
      return new ClozeError(
        'disk-full',
        `${path} is larger than a file may be there.`,
        'Choose a folder on another disk, or raise the limit (ulimit -f).',
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ClozeError('bad-input', `No permission to write ${path}.`, 'Choose another folder.', { cause: error });
    default:
      return error;
  }
}

/** Windows refuses to rename over a file that somebody reads; a few short waits are enough. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const locked = ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error) ?? '');
      if (process.platform !== 'win32' || !locked || attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * (attempt + 1)));
    }
  }
}
