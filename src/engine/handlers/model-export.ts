// model.export: a model folder's weights as ONNX files beside them.
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';

export const exportModel: Handlers<EngineContract>['model.export'] = async ({ folder }, { signal, progress }) => {
  // what writes graphs is loaded when something is exported for the first time
  const { exportOnnx } = await import('../../models/export/export-onnx.ts');
  return exportOnnx(folder, { signal, onProgress: (share, file) => progress({ share, file }) });
};
