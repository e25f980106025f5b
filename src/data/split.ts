// A validation split off the training rows, as run_mlm.py takes it: the first per cent.

/** How many of `rows` are the first `percent`, rounded as Python rounds (half to even). */
export function splitSize(rows: number, percent: number): number {
  const exact = (rows * percent) / 100;
  const floor = Math.floor(exact);
  if (exact - floor !== 0.5) return Math.round(exact);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Passes on batches from row `from` up to, not including, row `to`. */
export async function* slice(
  texts: AsyncIterable<readonly string[]>,
  from: number,
  to: number,
): AsyncGenerator<readonly string[]> {
  let row = 0;
  for await (const batch of texts) {
    const part = batch.slice(Math.max(0, from - row), Math.max(0, to - row));
    row += batch.length;
    if (part.length > 0) yield part;
    if (row >= to) return;
  }
}
