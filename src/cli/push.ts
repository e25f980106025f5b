// cloze push: the model of a finished run, to the Hugging Face Hub.
import { basename } from 'node:path';
import type { Command } from 'commander';
import { type PushProgress, push as pushFiles, repoFor } from '../hub/push.ts';
import { modelFiles, type PushFile, totalSize } from '../hub/push-files.ts';
import { requireToken } from '../hub/token.ts';
import { sizeText } from '../protocol/file-size.ts';
import { refuseLiveRun } from '../runs/read-run.ts';
import { booleanFlag } from './command.ts';
import { ProgressBar } from './progress-bar.ts';
import { folderOf } from './runs.ts';

interface Flags {
  readonly repo_id?: string;
  readonly private?: string | boolean;
  readonly message: string;
  readonly dry_run?: boolean;
}

export function push(command: Command): void {
  command
    .argument('<run>', 'id or folder of a run, or a model folder')
    .option('--repo_id <name>', 'repository, as user/name; your name and that of the folder when left out')
    .option('--private [bool]', 'make the repository private, if it is a new one')
    .option('--message <text>', 'title of the commit', 'Upload with Cloze')
    .option('--dry_run', 'only list the files')
    .addHelpText('after', '\nThe token is that of HF_TOKEN or of hf auth login; HF_ENDPOINT names another Hub.')
    .action((run: string, flags: Flags) => share(run, flags));
}

async function share(run: string, flags: Flags): Promise<void> {
  const folder = await folderOf(run);
  await refuseLiveRun(folder);
  const files = await modelFiles(folder);
  list(files);
  if (flags.dry_run) return;
  const token = await requireToken();
  const cancel = new AbortController();
  const interrupt = () => cancel.abort();
  process.once('SIGINT', interrupt);
  const bar = new ProgressBar();
  try {
    const signal = cancel.signal;
    const repo = await repoFor(flags.repo_id ?? null, basename(folder), token, { signal });
    console.log(`To ${repo}`);
    const isPrivate = flags.private === undefined ? null : booleanFlag('private', flags.private);
    const onProgress = (progress: PushProgress) => bar.show(progress.done / progress.total, describe(progress));
    const { url } = await pushFiles({ repo, isPrivate, files, message: flags.message, token }, { signal, onProgress });
    bar.clear();
    console.log(`Shared: ${url}`);
  } finally {
    bar.clear();
    process.off('SIGINT', interrupt);
  }
}

function list(files: readonly PushFile[]): void {
  const rows = [...files, { path: `${files.length} files`, size: totalSize(files) }];
  const width = Math.max(...rows.map(({ path }) => path.length));
  for (const { path, size } of rows) console.log(`${path.padEnd(width)}  ${sizeText(size).padStart(10)}`);
}

function describe({ phase, done, total, waiting }: PushProgress): string {
  return waiting ?? `${phase} ${sizeText(done)} of ${sizeText(total)}`;
}
