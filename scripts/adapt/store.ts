// Writes a model in float16, half the size: node --import tsx scripts/adapt/store.ts RUN TARGET
import { loadMaskedLM } from '../../src/models/load.ts';
import { saveMaskedLM } from '../../src/models/save.ts';

const [run, target] = process.argv.slice(2);
if (!run || !target) throw new Error('node --import tsx scripts/adapt/store.ts RUN TARGET');
const model = await loadMaskedLM(run, { train: false });
await saveMaskedLM(model, target, { dtype: 'float16' });
console.log(`${model.parameters.reduce((sum, { data }) => sum + data.length, 0)} parameters in float16: ${target}`);
