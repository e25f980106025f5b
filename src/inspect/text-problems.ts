// What is wrong with a text by itself.

/** UTF-8 read as Latin-1 or Windows-1252, and what could not be decoded: the piece that shows it; null where none does. */
export function mojibakeIn(text: string): string | null {
  const found = MOJIBAKE.exec(text);
  return found ? around(text, found.index, found[0].length) : null;
}

/**
 * The first byte of a UTF-8 sequence of two (C3 or C2), three (E2) or four bytes as the character it is in Windows-1252,
 * followed by one that such a sequence goes on with; or the replacement character.
 */
const MOJIBAKE =
  /\ufffd|\u00c2[\u0080-\u00bf]|\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]|\u00e2[\u0080-\u009f\u20ac][\u0080-\u00bf\u0152\u0153\u0161\u0178\u017e\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u2122]|\u00f0[\u009f\u0178][\u0080-\u00bf\u0152\u0153\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026]/;

/** A control character other than tab and line ends, or an invisible one that separates nothing; as U+0000 names it. */
export function controlIn(text: string): string | null {
  const found = CONTROL.exec(text);
  return found
    ? `U+${(found[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')} ${around(text, found.index, found[0].length)}`
    : null;
}

/**
 * Control and format characters, but for tab, line ends, the joiners of emoji and of some scripts, number signs that are seen,
 * and the tags of flags.
 */
const CONTROL =
  /(?!\u200c|\u200d|[\t\n\r\u0600-\u0605\u06dd\u070f\u08e2\u{110bd}\u{e0020}-\u{e007f}])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Characters that Unicode's composed form (NFC) writes otherwise. */
export function unnormalisedIn(text: string): string | null {
  // composed text is by far the most frequent: plain ASCII needs no look
  if (/^[\s -~]*$/.test(text)) return null;
  const composed = text.normalize('NFC');
  if (composed === text) return null;
  let at = 0;
  while (text[at] === composed[at]) at++;
  return around(text, Math.max(0, at - 1), 2);
}

/** The place with some text on both sides. */
function around(text: string, at: number, length: number): string {
  const from = Math.max(0, at - 20);
  const to = Math.min(text.length, at + length + 20);
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`.replace(/\s+/g, ' ');
}
