// Paragraphs to rows: long ones that fill the model's length, and short ones as a user's lines would be.

const WORDS = 100; // about 128 word pieces of English prose
const BLOCK = 200; // held-out text is taken in runs of this many paragraphs, not line by line

/** One block of paragraphs in fifty is never trained on. */
export function heldOut(paragraphs) {
  const isHeldOut = (_, i) => Math.floor(i / BLOCK) % 50 === 25;
  const last = paragraphs.length < 26 * BLOCK ? Math.floor(paragraphs.length * 0.98) : Number.POSITIVE_INFINITY;
  const out = (line, i) => isHeldOut(line, i) || i >= last;
  return {
    training: paragraphs.filter((line, i) => !out(line, i)),
    rest: paragraphs.filter(out),
  };
}

/** Two blocks in three become full rows, sentences running on; the third keeps its paragraphs as lines. */
export function rowsOf(paragraphs) {
  const rows = [];
  for (let at = 0; at < paragraphs.length; at += BLOCK) {
    const block = paragraphs.slice(at, at + BLOCK);
    if ((at / BLOCK) % 3 === 2) for (const paragraph of block) rows.push(...cut(paragraph.split(' ')));
    else rows.push(...cut(block.flatMap((paragraph) => paragraph.split(' '))));
  }
  return rows;
}

function cut(words) {
  const rows = [];
  for (let i = 0; i < words.length; i += WORDS) rows.push(words.slice(i, i + WORDS).join(' '));
  return rows.filter((row) => row.includes(' '));
}

/** Shuffles in place, the same way every time (mulberry32, seed 1). */
export function shuffle(rows) {
  let state = 1;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = rows.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
}
