// Every architecture against Python's recorded logits, loss and gradients.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { loadMaskedLM } from '../../src/models/load.ts';
import { assertClose, type ForwardFixture, fixtureFolder, wholeBatch } from './support.ts';

for (const name of ['bert', 'distilbert', 'roberta', 'albert', 'electra', 'modernbert']) {
  const folder = fixtureFolder(name);
  const fixture = JSON.parse(await readFile(`${folder}/forward.json`, 'utf8')) as ForwardFixture;

  test(`${name}: logits at the masked positions are those of Python`, async () => {
    const model = await loadMaskedLM(folder, { train: false });
    const logits = await model.predict(wholeBatch(fixture));
    assertClose('logits', [...logits], fixture.logits_at_masked.flat(), 1e-4, 1e-6);
    await model.release();
  });

  test(`${name}: loss and every gradient are those of Python`, async () => {
    const model = await loadMaskedLM(folder, { train: true });
    const batch = wholeBatch(fixture);
    const { lossSum, masked } = await model.trainStep(batch, { normalizer: batch.labels.length, accumulate: false });
    assert.equal(masked, batch.labels.length);
    assertClose('loss', [lossSum / masked], [fixture.loss], 1e-5, 0);
    assert.deepEqual(model.parameters.map((p) => p.name).sort(), Object.keys(fixture.grad_norms).sort());
    for (const { name: parameter, grad } of model.parameters) {
      assertClose(
        `norm of ${parameter}`,
        [Math.hypot(...[...grad])],
        [fixture.grad_norms[parameter] as number],
        1e-4,
        1e-7,
      );
      for (const [index, value] of fixture.grad_samples[parameter] ?? []) {
        assertClose(`${parameter}[${index}]`, [grad[index] as number], [value], 1e-4, 1e-7);
      }
      // a sum cancels: its rounding goes with the size of its terms, about 1e-7 of their absolute sum
      const size = grad.reduce((total, value) => total + Math.abs(value), 0);
      const sum = grad.reduce((total, value) => total + value, 0);
      assertClose(`sum of ${parameter}`, [sum], [fixture.grad_sums[parameter] as number], 1e-4, 1e-7 + 1e-6 * size);
    }
    await model.release();
  });
}
