// The command line as a process of its own, with runs of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The tiny BERT whose numbers were recorded from Python. */
export const MODEL = 'test/parity/models/bert';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandLine {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async inFolder(): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'cloze-cli-')));
  }

  /** Writes a file into the folder and returns its path. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  /** `onStart` gets the process while it runs; `env` adds to this process's environment. */
  async run(
    flags: readonly string[],
    onStart?: (child: ChildProcess) => void,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...flags], {
      env: { ...process.env, CLOZE_HOME: join(this.folder, 'home'), HF_HOME: join(this.folder, 'hf'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    onStart?.(child);
    const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  dispose(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
