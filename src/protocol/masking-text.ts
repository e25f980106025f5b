// A masking table as text: Markdown, CSV, JSON, and the Python that makes the same table. Pure code for page and CLI.
import type { MaskingOptions, MaskingTable, TokenColumn } from './masking.ts';

/** The book's five rows; without a mask only tokens and ids. */
export function tableRows(
  table: MaskingTable,
  masked: boolean,
): { readonly name: string; readonly cells: readonly string[] }[] {
  const row = (name: string, cell: (column: TokenColumn) => string | number) => ({
    name,
    cells: table.columns.map((column) => String(cell(column))),
  });
  if (!masked) {
    return [
      row('Tokens', ({ token }) => token),
      row('input_ids', ({ inputId }) => inputId),
      row('Word ids', ({ wordId }) => wordId ?? ''),
      row('Offsets', ({ start, end, special }) => (special ? '' : `${start}-${end}`)),
      row('Special', ({ special }) => (special ? 1 : 0)),
    ];
  }
  return [
    row('Original tokens', ({ token }) => token),
    row('Masked tokens', ({ maskedToken }) => maskedToken),
    row('Original input_ids', ({ inputId }) => inputId),
    row('Masked input_ids', ({ maskedInputId }) => maskedInputId),
    row('Labels', ({ label }) => label),
  ];
}

export function toMarkdown(table: MaskingTable, masked: boolean): string {
  const quote = (text: string) =>
    text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('`', '\\`').replace(/\s/g, ' ');
  const line = (cells: readonly string[]) => `| ${cells.map(quote).join(' | ')} |`;
  const numbers = table.columns.map((_, i) => String(i));
  const rows = tableRows(table, masked).map(({ name, cells }) => line([name, ...cells]));
  return [line(['', ...numbers]), line(['---', ...numbers.map(() => '---')]), ...rows, ''].join('\n');
}

/** Comma-separated values as RFC 4180 has them. */
export function toCsv(table: MaskingTable, masked: boolean): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: readonly string[]) => `${cells.map(quote).join(',')}\r\n`;
  const numbers = table.columns.map((_, i) => String(i));
  return [line(['', ...numbers]), ...tableRows(table, masked).map(({ name, cells }) => line([name, ...cells]))].join(
    '',
  );
}

export function toJson(table: MaskingTable, masked: boolean): string {
  const list = <T>(cell: (column: TokenColumn) => T) => table.columns.map(cell);
  const tokens = {
    tokens: list(({ token }) => token),
    input_ids: list(({ maskedInputId }) => maskedInputId),
    word_ids: list(({ wordId }) => wordId),
    offsets: list(({ start, end }) => [start, end]),
    special_tokens_mask: list(({ special }) => Number(special)),
  };
  const mask = {
    masked_tokens: list(({ maskedToken }) => maskedToken),
    original_input_ids: list(({ inputId }) => inputId),
    labels: list(({ label }) => label),
    fates: list(({ fate }) => fate),
  };
  return `${JSON.stringify(masked ? { ...tokens, ...mask } : tokens, null, 2)}\n`;
}

export interface SnippetSource {
  readonly text: string;
  /** Folder or name, as from_pretrained takes it. */
  readonly model: string;
  readonly masking: MaskingOptions;
  readonly reroll: number;
  /** The length limit, when the text was cut. */
  readonly maxLength: number | null;
}

/** Python that prints this very table with transformers and pandas. */
export function toPython({ text, model, masking, reroll, maxLength }: SnippetSource): string {
  const isTorch = masking.stream === 'torch';
  const truncation = maxLength === null ? '' : `truncation=True, max_length=${maxLength}, `;
  const offsets = masking.wholeWordMask ? ', return_offsets_mapping=True' : '';
  const collator = [
    'tokenizer',
    `mlm_probability=${masking.mlmProbability}`,
    `mask_replace_prob=${masking.wholeWordMask ? 1 : masking.maskReplaceProb}`,
    `random_replace_prob=${masking.wholeWordMask ? 0 : masking.randomReplaceProb}`,
    ...(masking.wholeWordMask ? ['whole_word_mask=True'] : []),
    `return_tensors="${isTorch ? 'pt' : 'np'}"`,
    ...(masking.stream === 'numpy-seeded' ? [`seed=${masking.seed}`] : []),
  ];
  return `import pandas as pd
from transformers import AutoTokenizer, DataCollatorForLanguageModeling, set_seed

tokenizer = AutoTokenizer.from_pretrained(${pythonString(model)})
text = ${pythonString(text)}
inputs = tokenizer(text, ${truncation}return_special_tokens_mask=True${offsets})

set_seed(${masking.seed})
collator = DataCollatorForLanguageModeling(
    ${collator.join(',\n    ')},
)
for _ in range(${reroll + 1}):
    outputs = collator([dict(inputs)])

original = inputs["input_ids"]
masked = outputs["input_ids"][0].tolist()
print(pd.DataFrame({
    "Original tokens": tokenizer.convert_ids_to_tokens(original),
    "Masked tokens": tokenizer.convert_ids_to_tokens(masked),
    "Original input_ids": original,
    "Masked input_ids": masked,
    "Labels": outputs["labels"][0].tolist(),
}).T.to_string())
`;
}

/** A Python string literal: JSON's escapes mean the same in Python; what is not plain ASCII is escaped too. */
function pythonString(text: string): string {
  const escaped = [...JSON.stringify(text)].map((character) => {
    const point = character.codePointAt(0) as number;
    if (point >= 0x20 && point < 0x7f) return character;
    return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`;
  });
  return escaped.join('');
}

function hex(point: number, digits: number): string {
  return point.toString(16).padStart(digits, '0');
}
