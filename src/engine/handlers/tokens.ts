// tokens.*: what a tokenizer makes of text in an editor, without masks.
import { breathe } from '../../base/cancellation.ts';
import { resolveModel } from '../../hub/resolve-model.ts';
import type { EngineContract } from '../../protocol/engine.ts';
import type { Handlers } from '../../protocol/rpc.ts';
import { lengthLimit } from '../../tokenize/types.ts';
import { tokenizerOf } from '../tokenizers.ts';

export const count: Handlers<EngineContract>['tokens.count'] = async ({ model, text }, { signal }) => {
  const tokenizer = await tokenizerOf(await resolveModel(model));
  await breathe(signal);
  const { ids } = await tokenizer.encode(text, { addSpecialTokens: false });
  const added = (await tokenizer.encode('')).ids.length;
  const unknown = ids.reduce((sum, id) => sum + Number(id === tokenizer.unk?.id), 0);
  return { tokens: ids.length, unknown, added, limit: lengthLimit(tokenizer) };
};

export const spans: Handlers<EngineContract>['tokens.spans'] = async ({ model, text }, { signal }) => {
  const tokenizer = await tokenizerOf(await resolveModel(model));
  await breathe(signal);
  const { offsets } = await tokenizer.encode(text, { addSpecialTokens: false });
  return offsets.map(([start, end]) => [start, end] as const);
};
