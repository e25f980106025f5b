// The chart's colours as the current theme has them: a canvas cannot read CSS variables by itself.

export interface ChartColors {
  readonly training: string;
  /** One after the other for several validation sets. */
  readonly validation: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly font: string;
}

export function chartColors(): ChartColors {
  const style = getComputedStyle(document.body);
  const color = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const text = color('--vscode-foreground', '#888888');
  return {
    training: color('--vscode-charts-blue', '#3794ff'),
    validation: [
      color('--vscode-charts-orange', '#d18616'),
      color('--vscode-charts-green', '#89d185'),
      color('--vscode-charts-purple', '#b180d7'),
      color('--vscode-charts-red', '#f14c4c'),
      color('--vscode-charts-yellow', '#cca700'),
      color('--vscode-terminal-ansiCyan', '#29b8db'),
    ],
    text,
    muted: color('--vscode-descriptionForeground', text),
    grid: withAlpha(
      color('--vscode-charts-lines', text),
      document.body.classList.contains('vscode-high-contrast') ? 0.5 : 0.22,
    ),
    background: color('--vscode-editor-background', '#ffffff'),
    font: style.fontFamily,
  };
}

/** Calls `react` when VS Code changes its theme: it puts the theme's kind on the body, its colours on the document. */
export function onThemeChange(react: () => void): void {
  const observer = new MutationObserver(react);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** The colour, whatever its notation, at this opacity. */
function withAlpha(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`;
}
