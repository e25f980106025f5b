// masking.inspect: a text as tokens, masked as the collator masks it.
import { breathe } from '../../base/cancellation.ts';
import { inspectMasking } from '../../collate/inspect-masking.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { tokenizerOf } from '../tokenizers.ts';

export const inspect: Handlers<EngineContract>['masking.inspect'] = async (request, { signal }) => {
  const tokenizer = await tokenizerOf(await resolveModel(request.model));
  // while it waited for the tokenizer a newer request may have taken its place
  await breathe(signal);
  return inspectMasking(tokenizer, request);
};
