// masking.inspect: a text as tokens, masked as the collator masks it.
import { inspectMasking } from '../../collate/inspect-masking.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';

export const inspect: Handlers<EngineContract>['masking.inspect'] = (request) => inspectMasking(request);
