// How a family numbers the tokens of a row.

/** From 0 on; or as RoBERTa: from the padding token's id on, tokens that are padding not counted. */
export type Numbering = 'from zero' | { readonly afterPadding: number };

/** Writes the position of each token of a row. */
export function numberPositions(numbering: Numbering, ids: Int32Array, out: Int32Array): void {
  if (numbering === 'from zero') {
    for (let i = 0; i < ids.length; i++) out[i] = i;
    return;
  }
  const pad = numbering.afterPadding;
  let count = 0;
  for (let i = 0; i < ids.length; i++) out[i] = ids[i] === pad ? pad : pad + ++count;
}
