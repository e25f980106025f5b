// The package as users get it: it installs, activates without an error, and the palette offers its commands.
import assert from 'node:assert/strict';
import { eventually } from './harness/eventually.ts';
import { describeVSCode } from './harness/test.ts';

describeVSCode('the packaged extension', { files: { 'a.txt': 'transformers are awesome!\n' } }, (test) => {
  test('offers Inspect Masking in the palette', async (code) => {
    await code.palette.show('Cloze: Inspect Masking');
    await code.palette.dismiss();
  });

  test('has a log channel that tells no error', async (code) => {
    await code.palette.run('Cloze: Inspect Masking');
    await code.output.show('Cloze');
    await eventually(async () => assert.match(await code.output.text(), /\[info\]/));
    assert.doesNotMatch(await code.output.text(), /\[error\]/);
  });

  test('asks nothing of the network', async (code) => {
    assert.deepEqual(code.requestsOutside, []);
  });
});
