// The engine process: answers the extension host's requests over IPC, and ends with it.
import type { EngineContract, EngineEvents } from '../protocol/engine.ts';
import { isCancelledError, type Port, serve } from '../protocol/rpc.ts';
import { peek } from './handlers/data-peek.ts';
import { dataset } from './handlers/dataset.ts';
import * as hub from './handlers/hub.ts';
import { inspect } from './handlers/masking-inspect.ts';
import { createPredict } from './handlers/masking-predict.ts';
import { model } from './handlers/model.ts';
import { exportModel } from './handlers/model-export.ts';
import { createSentence } from './handlers/model-sentence.ts';
import { list } from './handlers/models-list.ts';
import * as tokens from './handlers/tokens.ts';
import { modelsToPredictWith } from './loaded-models.ts';

const port: Port = {
  // a host that has gone takes its answers with it
  post: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => {})),
  listen(receive) {
    process.on('message', receive);
    return () => process.off('message', receive);
  },
};

if (!process.send) {
  console.error('The engine is started by the extension, over IPC. For the command line see: cloze --help');
  process.exit(2);
}

const models = modelsToPredictWith((message) => server.emit('log', { level: 'info', message }));
const server = serve<EngineContract, EngineEvents>(
  port,
  {
    'models.list': list,
    'model.export': exportModel,
    'tokens.count': tokens.count,
    'tokens.spans': tokens.spans,
    'masking.inspect': inspect,
    'masking.predict': createPredict(models),
    'data.peek': peek,
    ...dataset,
    ...model,
    ...createSentence(models),
    'hub.files': hub.files,
    'hub.hasToken': hub.hasToken,
    'hub.suggest': hub.suggest,
    'hub.push': hub.upload,
  },
  (method, error) => {
    if (isCancelledError(error)) return;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    server.emit('log', { level: 'error', message: `${method}: ${message}` });
  },
);

process.on('disconnect', () => process.exit(0));
