// What the model is, and whether it works here.
import { html, nothing, type TemplateResult } from 'lit';
import { sizeText } from '../../src/protocol/file-size.ts';
import type { Check, ModelOutline } from '../../src/protocol/model.ts';
import { icon } from '../ui/controls.ts';
import { countText, plural } from './text.ts';

export function facts(outline: ModelOutline): TemplateResult {
  const { model_type, parameters, bytes, tensors, tied, head, kind } = outline;
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))];
  const list: readonly (readonly [string, string, string?])[] = [
    ['Architecture', model_type ?? (kind === 'onnx' ? 'ONNX graph' : 'unknown')],
    ['Parameters', countText(parameters), parameters.toLocaleString('en-US')],
    ['Size', sizeText(bytes), `${bytes.toLocaleString('en-US')} bytes`],
    ['Tensors', tensors.length.toLocaleString('en-US')],
    ['Types', dtypes.slice(0, 4).join(', ') + (dtypes.length > 4 ? ` and ${dtypes.length - 4} more` : '') || 'none'],
    ...(tied === null ? [] : [['Output layer', tied ? 'tied to the word embedding' : 'of its own'] as const]),
    ...(head === null ? [] : [['Masked-LM head', head ? 'there' : 'missing'] as const]),
  ];
  return html`<dl class="facts">
    ${list.map(([name, value, title]) => html`<div><dt>${name}</dt><dd title=${title ?? nothing}>${value}</dd></div>`)}
  </dl>`;
}

const ICONS = { error: 'error', warning: 'warning', ok: 'pass' } as const;
const SPOKEN = { error: 'Error: ', warning: 'Warning: ', ok: '' } as const;

/** `found`: what reading the tensors added. */
export function checks({ checks, usable, kind }: ModelOutline, found: readonly Check[]): TemplateResult {
  const all = [...checks, ...found].toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const wrong = all.filter(({ severity }) => severity !== 'ok').length;
  const verdict =
    kind === 'onnx'
      ? { severity: 'ok', text: 'An ONNX graph. Cloze predicts and trains from a model folder with .safetensors.' }
      : usable
        ? { severity: wrong > 0 ? 'warning' : 'ok', text: 'It can predict and be trained here.' }
        : { severity: 'error', text: 'It can neither predict nor be trained here.' };
  const rest = wrong > 0 ? `${plural(wrong, 'remark')}` : all.length > 0 ? `${plural(all.length, 'check')} passed` : '';
  if (all.length === 0) return html`<p class="verdict">${icon('info')} ${verdict.text}</p>`;
  return html`<details class="checks" ?open=${!usable && kind !== 'onnx'}>
    <summary class="verdict ${verdict.severity}">
      ${icon(ICONS[verdict.severity as Check['severity']])} <strong>${verdict.text}</strong> <span class="muted">${rest}</span>
    </summary>
    <ul>
      ${all.map(
        ({ severity, text }) =>
          html`<li class=${severity}>${icon(ICONS[severity])}<span><span class="visually-hidden">${SPOKEN[severity]}</span>${text}</span></li>`,
      )}
    </ul>
  </details>`;
}

const ORDER: readonly Check['severity'][] = ['error', 'warning', 'ok'];
