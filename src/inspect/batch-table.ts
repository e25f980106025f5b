// The batch that the model gets of chosen rows: after truncation or grouping, padding and the collator.
import { ClozeError } from '../base/errors.ts';
import { DataCollatorForLanguageModeling, type MaskedBatch } from '../collate/data-collator.ts';
import { featureOf, type TokenRow } from '../data/token-rows.ts';
import { tokenizeRows } from '../data/tokenize-rows.ts';
import type { BatchCell, BatchRequest, BatchTable } from '../protocol/dataset-figures.ts';
import { TorchGenerator } from '../random/torch.ts';
import type { Tokenizer } from '../tokenize/types.ts';

/** Draws that the masked share is told over. */
const DRAWS = 200;
const MOST_CELLS = 40_000;

/**
 * `texts` of the rows at `request.places`. The first draw is that of `set_seed(seed)` and one call of the collator; the share
 * over many draws goes on from there. Throws ClozeError when no text makes a row, and when the batch is too large to show.
 */
export async function batchTable(
  tokenizer: Tokenizer,
  texts: readonly (string | null)[],
  request: BatchRequest,
): Promise<BatchTable> {
  const { maxSeqLength, lineByLine } = request;
  const there: { place: number; text: string }[] = [];
  for (const [i, text] of texts.entries()) {
    // as in training: blank lines make no row, and a blank text has its special tokens where texts are put end to end
    const isBlank = text === null || (lineByLine && text.trim() === '');
    if (!isBlank) there.push({ place: request.places[i] as number, text: text as string });
  }
  const rows = await tokenizeRows(once(there.map(({ text }) => text)), tokenizer, {
    lineByLine,
    maxSeqLength,
    wordStarts: request.wholeWordMask,
  });
  if (rows.length === 0) {
    throw new ClozeError(
      'bad-input',
      lineByLine ? 'None of these rows holds text.' : `These rows hold fewer than ${maxSeqLength} tokens together.`,
      lineByLine ? 'Choose other rows.' : 'Take more rows, or a smaller max_seq_length.',
    );
  }
  const whole = await tokenizer.encodeBatch(there.map(({ text }) => text));
  const chosen = Array.from({ length: rows.length }, (_, i) => rows.row(i));
  if (chosen.length * maxSeqLength > MOST_CELLS) {
    throw new ClozeError('bad-argument', `A batch of ${chosen.length} rows is too large to show.`, 'Take fewer rows.');
  }
  const collator = new DataCollatorForLanguageModeling(tokenizer, {
    mlmProbability: request.mlmProbability,
    wholeWordMask: request.wholeWordMask,
    padToMultipleOf: request.padToMaxLength ? maxSeqLength : null,
    returnTensors: 'pt',
    global: new TorchGenerator(request.seed),
  });
  const features = chosen.map(featureOf);
  const batch = collator.collate(features);
  const shares = [shareOf(batch)];
  while (shares.length < DRAWS) shares.push(shareOf(collator.collate(features)));
  const kept = chosen.reduce((sum, { ids }) => sum + ids.length, 0);
  return {
    width: batch.width,
    rows: chosen.map((row, i) => ({
      place: lineByLine ? (there[i]?.place ?? null) : null,
      cells: cellsOf(tokenizer, batch, i, row),
    })),
    padding: batch.rows * batch.width - kept,
    cells: batch.rows * batch.width,
    lost: whole.ids.length - kept,
    skipped: texts.length - there.length,
    share: {
      expected: request.mlmProbability,
      here: shares[0] as number,
      mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
      least: Math.min(...shares),
      most: Math.max(...shares),
      draws: shares.length,
    },
  };
}

function cellsOf(tokenizer: Tokenizer, batch: MaskedBatch, row: number, { ids }: TokenRow): BatchCell[] {
  return Array.from({ length: batch.width }, (_, i) => {
    const at = row * batch.width + i;
    const inputId = ids[i] ?? tokenizer.pad?.id ?? 0;
    const maskedInputId = batch.inputIds[at] as number;
    const token = tokenizer.idToToken(inputId) ?? '';
    return {
      token,
      maskedToken: maskedInputId === inputId ? token : (tokenizer.idToToken(maskedInputId) ?? ''),
      inputId,
      maskedInputId,
      label: batch.labels[at] as number,
      fate: i >= ids.length ? 'padding' : (batch.fates[at] ?? 'kept'),
    };
  });
}

/** Of the tokens that may be chosen; 0 where there is none. */
function shareOf({ special, labels }: MaskedBatch): number {
  let open = 0;
  let chosen = 0;
  for (const [i, isSpecial] of special.entries()) {
    if (isSpecial) continue;
    open++;
    if (labels[i] !== -100) chosen++;
  }
  return open === 0 ? 0 : chosen / open;
}

async function* once(texts: readonly string[]): AsyncGenerator<readonly string[]> {
  yield texts;
}
