// The columns and first rows of a file, for a form that asks which column holds the text.
import { openText } from './open.ts';

export interface Peek {
  readonly columns: readonly string[];
  readonly textColumn: string | null;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** The first `rows` texts of `column`, or of the one that would be read. */
export async function peekData(path: string, rows: number, column?: string): Promise<Peek> {
  const source = await openText(path, column ?? null);
  try {
    const texts: string[] = [];
    for await (const batch of source.rows(() => {})) {
      texts.push(...batch.filter((text) => text !== null && text.trim() !== '').map(String));
      if (texts.length >= rows) break;
    }
    return {
      columns: source.columns,
      textColumn: source.column,
      rows: texts.slice(0, rows).map((text) => ({ [source.column]: text })),
    };
  } finally {
    source.close();
  }
}
