// What an .onnx file computes: its inputs and outputs, and the operators between them.
import { html, type TemplateResult } from 'lit';
import type { OnnxOutline, OnnxValue } from '../../src/protocol/model.ts';

export function graphTab({ producer, inputs, outputs, opsets, operators }: OnnxOutline): TemplateResult {
  const most = operators[0]?.count ?? 1;
  const total = operators.reduce((sum, { count }) => sum + count, 0);
  return html`<div class="graph">
    <section>
      <h2>Inputs</h2>
      ${values(inputs)}
      <h2>Outputs</h2>
      ${values(outputs)}
      <h2>Made with</h2>
      <p>${producer || 'unknown'}; ${opsets.map(({ domain, version }) => `${domain} opset ${version}`).join(', ')}</p>
    </section>
    <section>
      <h2>Operators <span class="muted">${total.toLocaleString('en-US')} nodes of ${operators.length} kinds</span></h2>
      <table class="plain">
        <thead><tr><th scope="col">Operator</th><th scope="col" class="numeric">Nodes</th><th scope="col"><span class="visually-hidden">Share</span></th></tr></thead>
        <tbody>
          ${operators.map(
            ({ name, count }) =>
              html`<tr><td class="mono">${name}</td><td class="numeric">${count.toLocaleString('en-US')}</td><td class="bar-cell"><span class="bar" .style=${`width: ${(100 * count) / most}%`}></span></td></tr>`,
          )}
        </tbody>
      </table>
    </section>
  </div>`;
}

function values(list: readonly OnnxValue[]): TemplateResult {
  if (list.length === 0) return html`<p class="muted">none</p>`;
  return html`<dl class="values">
    ${list.map(({ name, type }) => html`<div><dt class="mono">${name}</dt><dd class="muted mono">${type}</dd></div>`)}
  </dl>`;
}
