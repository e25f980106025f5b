// The chart and its numbers as files: pictures on white, as a paper or a README wants them.
import type { ChartPageState, ExportFormat } from '../../src/protocol/chart-page.ts';
import { logCsv, logJson } from '../../src/protocol/log-table.ts';
import { lossChartSvg } from '../../src/protocol/loss-chart-svg.ts';
import type { ChartView } from '../../src/protocol/loss-series.ts';

/** Pixels of the PNG for one of the SVG. */
const SCALE = 2;

/** Text, or base64 for png. */
export async function exportChart(format: ExportFormat, state: ChartPageState, view: ChartView): Promise<string> {
  if (format === 'csv') return logCsv(state.entries);
  if (format === 'json') return logJson(state.entries);
  const svg = lossChartSvg(state.entries, { title: state.title, ...view });
  return format === 'svg' ? svg : toPng(svg);
}

async function toPng(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * SCALE;
  canvas.height = image.height * SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}
