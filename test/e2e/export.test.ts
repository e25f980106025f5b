// Exporting to ONNX in a real VS Code: from the weights in the explorer, written by the engine process.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readModel } from '../../src/onnx/read-model.ts';
import { describeVSCode } from './harness/test.ts';

const MODEL = 'test/parity/models/bert';
const NAMES = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
const files = Object.fromEntries(NAMES.map((name) => [name, readFileSync(path.join(MODEL, name))]));

describeVSCode('Export to ONNX', { files }, (test) => {
  test('writes onnx/ beside the weights chosen in the explorer, and says what', async (code) => {
    await code.sideBar.show('Cloze');
    await code.sideBar.root.getByText('No training runs yet.').waitFor();
    await code.explorer.menu('model.safetensors', 'Export to ONNX');
    await code.notifications.wait(/Exported model\.onnx \(421 kB\) and model_quantized\.onnx \(141 kB\)/);
    assert.deepEqual(readdirSync(path.join(code.folder, 'onnx')).sort(), ['model.onnx', 'model_quantized.onnx']);
    const { outputs } = readModel(path.join(code.folder, 'onnx', 'model.onnx'));
    assert.deepEqual(
      outputs.map(({ name }) => name),
      ['logits'],
    );
  });

  test('asks nothing of the network', async (code) => {
    assert.deepEqual(code.requestsOutside, []);
  });
});
