// cloze train --device webgpu on SwiftShader, the graphics processor in software that comes with Chromium.
import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { CommandLine } from '../cli/support.ts';
import { tinyModel } from '../train/support.ts';
import { findChromium } from './install.mjs';

let cloze: CommandLine;
let flags: readonly string[];
before(async () => {
  cloze = await CommandLine.inFolder();
  const lines = Array.from({ length: 40 }, (_, i) => `the value of column ${i % 7} is stored in a table of rows`);
  const file = await cloze.file('lines.txt', `${lines.join('\n')}\n`);
  const model = await tinyModel(cloze.folder, 0.1);
  flags = [
    'train',
    '--model_name_or_path',
    model,
    '--train_file',
    file,
    '--line_by_line',
    '--max_steps',
    '4',
    '--logging_steps',
    '1',
  ];
});
after(() => cloze.dispose());

test('the same losses as on the CPU, to 1e-3, with dropout', async () => {
  const cpu = await train('cpu');
  const gpu = await train('webgpu', swiftShader());
  assert.doesNotMatch(gpu.stderr, /training on the CPU/);
  assert.equal(gpu.losses.length, 4);
  for (const [i, loss] of gpu.losses.entries()) {
    const expected = cpu.losses[i] as number;
    assert.ok(Math.abs(loss - expected) <= 1e-3 * expected, `step ${i + 1}: ${loss}, on the CPU ${expected}`);
  }
});

test('without a graphics adapter it says so, and trains on the CPU', async () => {
  const { losses, output } = await train('webgpu', { VK_ICD_FILENAMES: '/nowhere', VK_DRIVER_FILES: '/nowhere' });
  assert.match(output, /WebGPU cannot be used here \(no graphics adapter was found\): training on the CPU\./);
  assert.deepEqual(losses, (await train('cpu')).losses);
});

let runs = 0;

async function train(device: string, env: Record<string, string> = {}) {
  const folder = path.join(cloze.folder, `run-${runs++}`);
  const ended = await cloze.run([...flags, '--device', device, '--output_dir', folder], undefined, env);
  assert.equal(ended.code, 0, ended.stderr);
  const losses = [...ended.stdout.matchAll(/^\{'loss': ([\d.]+)/gm)].map(([, loss]) => Number(loss));
  return { losses, stderr: ended.stderr, output: ended.stdout + ended.stderr };
}

function swiftShader(): Record<string, string> {
  const chromium = findChromium() ?? '';
  const folders = [path.dirname(realpathSync(chromium)), '/usr/lib/chromium', '/usr/lib/chromium-browser'];
  const folder = folders.find((place) => existsSync(path.join(place, 'vk_swiftshader_icd.json')));
  assert.ok(folder, `SwiftShader lies in none of ${folders.join(', ')}`);
  const icd = path.join(folder, 'vk_swiftshader_icd.json');
  return { VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd, LD_LIBRARY_PATH: folder };
}
