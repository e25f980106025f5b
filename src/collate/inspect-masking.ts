// The masking table of a text: what the tokenizer makes of it and what the collator does to it.
import { ClozeError } from '../base/errors.ts';
import type { MaskingRequest, MaskingTable, TokenColumn } from '../protocol/masking.ts';
import type { Encoding, Tokenizer } from '../tokenize/types.ts';
import { lengthLimit } from '../tokenize/types.ts';
import { offsetsHoldSpaces } from '../tokenize/words.ts';
import { DataCollatorForLanguageModeling, type MaskedBatch, streamOptions } from './data-collator.ts';

/** Tokenizes `request.text` and, if asked to, masks it: the draw is call number `reroll` of the stream. */
export async function inspectMasking(
  tokenizer: Tokenizer,
  request: Omit<MaskingRequest, 'model'>,
): Promise<MaskingTable> {
  const limit = lengthLimit(tokenizer);
  const whole = await tokenizer.encode(request.text);
  const cut = limit !== null && whole.ids.length > limit;
  const encoding = cut ? await tokenizer.encode(request.text, { maxLength: limit }) : whole;
  const notes: string[] = [];
  const masked = request.masking ? mask(tokenizer, encoding, request, notes) : null;
  return {
    columns: encoding.ids.map((id, i) => column(tokenizer, encoding, masked, id, i)),
    modelMaxLength: limit ?? 0,
    truncatedTokens: whole.ids.length - encoding.ids.length,
    maskToken: tokenizer.mask?.token ?? null,
    maskTokenId: tokenizer.mask?.id ?? null,
    vocabSize: tokenizer.size,
    notes,
  };
}

function mask(
  tokenizer: Tokenizer,
  encoding: Encoding,
  { text, masking, reroll = 0 }: Omit<MaskingRequest, 'model'>,
  notes: string[],
): MaskedBatch {
  if (!masking) throw new ClozeError('internal', 'No masking was asked for.');
  const collator = new DataCollatorForLanguageModeling(tokenizer, {
    ...masking,
    ...streamOptions(masking.stream, masking.seed),
  });
  const byWordIds = masking.wholeWordMask && offsetsHoldSpaces(text, encoding, tokenizer.allSpecialIds);
  if (byWordIds) {
    notes.push(
      "This tokenizer's offsets include the space before a word, so Python's collator takes the whole text for one word. Words are told by word ids here.",
    );
  }
  if (masking.wholeWordMask && masking.maskReplaceProb < 1) {
    notes.push('Whole-word masking always uses the mask token: mask_replace_prob is 1 and random_replace_prob is 0.');
  }
  const feature = {
    inputIds: encoding.ids,
    specialTokensMask: encoding.specialTokensMask,
    offsets: encoding.offsets,
    ...(byWordIds ? { wordIds: encoding.wordIds } : {}),
  };
  let batch = collator.collate([feature]);
  for (let call = 0; call < reroll; call++) batch = collator.collate([feature]);
  return batch;
}

function column(
  tokenizer: Tokenizer,
  encoding: Encoding,
  masked: MaskedBatch | null,
  inputId: number,
  i: number,
): TokenColumn {
  const token = encoding.tokens[i] ?? '';
  const maskedInputId = masked?.inputIds[i] ?? inputId;
  const special = encoding.specialTokensMask[i] === 1;
  const [start, end] = encoding.offsets[i] ?? [0, 0];
  return {
    token,
    maskedToken: maskedInputId === inputId ? token : (tokenizer.idToToken(maskedInputId) ?? ''),
    inputId,
    maskedInputId,
    label: masked?.labels[i] ?? -100,
    wordId: encoding.wordIds[i] ?? null,
    start,
    end,
    special,
    fate: masked?.fates[i] ?? (special ? 'special' : 'kept'),
  };
}
