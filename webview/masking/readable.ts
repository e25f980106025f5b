// Tokens as the tokenizer spells them, or made readable: white space visible, byte-level spelling decoded.

/** A piece of a cell's text; a mark stands for something that is not text of its own (a space, a word's continuation). */
export interface Part {
  readonly text: string;
  readonly mark?: boolean;
}

/** The parts of `token`. Faithful: exactly its spelling. Readable: `Ġ` and `▁` as ␠, bytes as characters. */
export function tokenParts(token: string, readable: boolean): readonly Part[] {
  const continuation = /^##(?=.)/.exec(token)?.[0];
  if (continuation) {
    return [{ text: continuation, mark: true }, ...visibleParts(token.slice(2), readable)];
  }
  if (!readable) return [{ text: token }];
  return visibleParts(decodeByteLevel(token) ?? token.replaceAll('\u2581', ' '), true);
}

export function partsText(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join('');
}

/** White space as marks that can be seen. */
export function visibleParts(text: string, readable = true): readonly Part[] {
  if (!readable) return [{ text }];
  const pieces = text.split(/([ \n\r\t\u00A0\u3000])/).filter((piece) => piece !== '');
  return pieces.map((piece) => (piece in VISIBLE ? { text: VISIBLE[piece] as string, mark: true } : { text: piece }));
}

const VISIBLE: Readonly<Record<string, string>> = {
  ' ': '␠',
  '\n': '␤',
  '\r': '␍',
  '\t': '␉',
  '\u00A0': '⍽',
  '\u3000': '␠',
};

/**
 * The text of a byte-level token (GPT-2, RoBERTa, ModernBERT), whose every character stands for one byte; undefined if
 * `token` is not spelled so, or holds only a part of a character.
 */
function decodeByteLevel(token: string): string | undefined {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTES.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  // plain ASCII words are spelled the same either way
  if (bytes.every((byte) => byte > 32 && byte < 127)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

/** Byte-level alphabet: printable bytes stand for themselves, the other 68 for U+0100 onwards, in order. */
const BYTES: ReadonlyMap<string, number> = (() => {
  const map = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    map.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return map;
})();
