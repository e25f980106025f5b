// models.list: the models that can be chosen on this machine.
import { listModels } from '../../hub/list-models.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';

export const list: Handlers<EngineContract>['models.list'] = ({ folders }) => listModels(folders);
