// A disk that fills up while a checkpoint is saved: a real one of a few MB, or where that is not permitted, a real limit.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sentences, timeless, tinyModel } from '../train/support.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloze-disk-'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('stops with a clear message, leaves the last checkpoint whole, and goes on when there is room', async () => {
  const common = [
    ...['train', '--model_name_or_path', await tinyModel(folder, 0.1), '--train_file', await sentences(folder, 40)],
    ...['--line_by_line', '--validation_split_percentage', '0', '--max_steps', '12', '--save_steps', '4'],
    ...['--logging_steps', '1', '--per_device_train_batch_size', '4', '--threads', '1'],
  ];
  const undisturbed = join(folder, 'undisturbed');
  cloze([...common, '--output_dir', undisturbed]);

  // as far as its second checkpoint: a run that was there when the disk began to fill
  const run = join(folder, 'run');
  await cp(undisturbed, run, { recursive: true });
  for (const name of await readdir(run)) {
    if (!['run.json', 'log_history.jsonl', 'checkpoint-4', 'checkpoint-8'].includes(name)) {
      await rm(join(run, name), { recursive: true });
    }
  }
  const flags = [...common, '--output_dir', run, '--resume_from_checkpoint'];
  const { status, stderr } = await withoutRoom(run, flags);
  assert.equal(status, 1, stderr);
  assert.match(
    stderr,
    /The disk is full: could not write \S*checkpoint-12|checkpoint-12\S* is larger than a file may be/,
  );
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.deepEqual(
    (await readdir(run)).filter((name) => name.startsWith('checkpoint')),
    ['checkpoint-4', 'checkpoint-8'],
  );
  const state = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
  assert.equal(state.state, 'failed');
  assert.match(state.message, /checkpoint-12/);

  cloze(flags);
  const history = async (of: string) =>
    timeless(JSON.parse(await readFile(join(of, 'trainer_state.json'), 'utf8')).log_history);
  assert.deepEqual(await history(run), await history(undisturbed));
  const weights = (of: string) => readFile(join(of, 'model.safetensors'));
  assert.ok((await weights(run)).equals(await weights(undisturbed)));
});

const NODE = [process.execPath, '--import', 'tsx', 'src/cli/main.ts'];
const environment = () => ({ ...process.env, CLOZE_HOME: join(folder, 'home') });

function cloze(flags: readonly string[]): void {
  execFileSync(process.execPath, [...NODE.slice(1), ...flags], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs cloze where half a checkpoint more can be written into `run`. */
async function withoutRoom(run: string, flags: readonly string[]) {
  const inNamespace = ['unshare', '--user', '--map-root-user', '--mount'] as const;
  const canMount = spawnSync(inNamespace[0], [...inNamespace.slice(1), 'true']).status === 0;
  const checkpoint = await sizeOf(join(run, 'checkpoint-8'));
  const script = canMount
    ? `mv "$0" "$0.disk" && mkdir "$0" && mount -t tmpfs -o size=${(await sizeOf(run)) + checkpoint / 2} tmpfs "$0" &&
       cp -a "$0.disk/." "$0/" || exit 99
       "$@"; status=$?
       rm -rf "$0.disk" && cp -a "$0" "$0.disk" && umount "$0" && rmdir "$0" && mv "$0.disk" "$0" || exit 99
       exit $status`
    : // between the weights and the optimizer, in blocks of 512 bytes
      `ulimit -f ${Math.round((1.5 * (await stat(join(run, 'checkpoint-8/model.safetensors'))).size) / 512)}; "$@"`;
  const command = [...(canMount ? inNamespace : []), 'sh', '-c', script, run, ...NODE, ...flags];
  return spawnSync(command[0] as string, command.slice(1), { env: environment(), encoding: 'utf8' });
}

/** Bytes that a disk needs for a folder, in blocks of 4096. */
async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return Math.ceil(stats.size / 4096) * 4096;
  const inside = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return inside.reduce((sum, size) => sum + size, 4096);
}
