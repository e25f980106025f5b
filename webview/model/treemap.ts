// Parameters by module, as areas: a click or Enter goes into a module, Escape or the path above it out.
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type Module, wayTo } from './modules.ts';
import { countText, plural, shareText } from './text.ts';

export interface TreemapEvents {
  /** Another module is in sight; empty: the whole model. */
  enter(path: string): void;
  /** A tensor was chosen. */
  tensor(index: number): void;
  redraw(): void;
}

/** Pixels, as in model.css. */
const HEIGHT = 210;
/** Tiles that are drawn inside a tile. */
const INNER = 40;

interface Tile {
  readonly module: Module;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly inner: readonly Part[];
}

interface Part {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Treemap {
  readonly #events: TreemapEvents;
  readonly #resized = new ResizeObserver(() => this.#measure());
  #watched: Element | null = null;
  #width = 0;
  #tiles: readonly Tile[] = [];
  #of: readonly unknown[] = [];
  #active = 0;
  #focus = false;
  /** The module that was gone out of: its tile is active next. */
  #left: string | null = null;

  constructor(events: TreemapEvents) {
    this.#events = events;
  }

  render(root: Module, path: string): TemplateResult {
    const way = wayTo(root, path);
    const current = way.at(-1) as Module;
    this.#layOut(current);
    return html`<section class="modules" aria-label="Parameters by module">
      <nav class="path" aria-label="Module">
        ${way.map(
          (module, i) =>
            html`${i > 0 ? html`<span aria-hidden="true">›</span>` : nothing}${
              i === way.length - 1
                ? html`<strong aria-current="location">${module.label || 'Whole model'}</strong>`
                : html`<button type="button" class="link" @click=${() => this.#events.enter(module.path)}>${module.label || 'Whole model'}</button>`
            }`,
        )}
        <span class="muted">${countText(current.size)} numbers in ${plural(current.tensors, 'tensor')}</span>
      </nav>
      <div class="treemap" role="group" aria-label="Modules, larger areas hold more numbers. Arrow keys move, Enter goes in, Escape goes out." @keydown=${(event: KeyboardEvent) => this.#key(event, way)}>
        ${repeat(
          this.#tiles,
          ({ module }) => module.path,
          (tile, index) => this.#tile(tile, index, root, current),
        )}
      </div>
    </section>`;
  }

  drawn(): void {
    const box = document.querySelector('.treemap');
    if (box !== this.#watched) {
      this.#resized.disconnect();
      this.#watched = box;
      if (box) this.#resized.observe(box);
    }
    if (this.#focus) {
      this.#focus = false;
      document.querySelector<HTMLElement>('.treemap > [tabindex="0"]')?.focus();
    }
  }

  #tile({ module, x, y, width, height, inner }: Tile, index: number, root: Module, current: Module): TemplateResult {
    const share = root.size > 0 ? module.size / root.size : 0;
    const what = module.tensor === null ? plural(module.tensors, 'tensor') : 'a tensor';
    const label = `${module.path}: ${countText(module.size)} numbers, ${shareText(share)} of the model, ${what}`;
    return html`<button
      type="button"
      class="tile colour-${colourOf(module, root)}"
      aria-label=${label}
      title=${label}
      tabindex=${index === this.#active ? 0 : -1}
      .style=${`left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px`}
      @focus=${() => this.#activate(index)}
      @click=${() => this.#open(module)}
    >
      ${inner.map((part) => html`<span class="part" .style=${`left: ${part.x}px; top: ${part.y}px; width: ${part.width}px; height: ${part.height}px`}>${part.width > 40 && part.height > 16 ? part.label : nothing}</span>`)}
      ${width > 44 && height > 18 ? html`<span class="label">${this.#label(module, current)}</span>` : nothing}
      ${width > 60 && height > 36 ? html`<span class="size">${countText(module.size)} · ${shareText(share)}</span>` : nothing}
    </button>`;
  }

  /** Its name below the module in sight. */
  #label({ path, label }: Module, current: Module): string {
    return current.path === ''
      ? path
      : path.startsWith(`${current.path}.`)
        ? path.slice(current.path.length + 1)
        : label;
  }

  #open(module: Module): void {
    if (module.tensor !== null && module.children.length === 0) this.#events.tensor(module.tensor);
    else this.#enter(module.path);
  }

  #enter(path: string): void {
    this.#active = 0;
    this.#focus = true;
    this.#events.enter(path);
  }

  #activate(index: number): void {
    if (index === this.#active) return;
    this.#active = index;
    this.#events.redraw();
  }

  #key(event: KeyboardEvent, way: readonly Module[]): void {
    if (event.key === 'Escape' && way.length > 1) {
      event.preventDefault();
      const below = way.at(-1) as Module;
      const above = way.at(-2) as Module;
      this.#left = below.path;
      this.#enter(above.path);
      return;
    }
    const next = this.#towards(event.key);
    if (next === null) return;
    event.preventDefault();
    this.#active = next;
    this.#focus = true;
    this.#events.redraw();
  }

  /** The nearest tile in the direction of an arrow key. */
  #towards(key: string): number | null {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const from = this.#tiles[this.#active];
    if (!direction || !from) return null;
    const [dx, dy] = direction as [number, number];
    const middle = ({ x, y, width, height }: Tile) => [x + width / 2, y + height / 2] as const;
    const [x, y] = middle(from);
    let best: number | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, tile] of this.#tiles.entries()) {
      const [tx, ty] = middle(tile);
      const along = (tx - x) * dx + (ty - y) * dy;
      const across = Math.abs((tx - x) * dy) + Math.abs((ty - y) * dx);
      if (along <= 0.5 || along + 2 * across >= least) continue;
      least = along + 2 * across;
      best = index;
    }
    return best;
  }

  #layOut(current: Module): void {
    const of = [current, this.#width];
    if (of.every((part, i) => part === this.#of[i])) return;
    this.#of = of;
    if (this.#width === 0) return;
    const tiles = spread(current);
    const below = (module: Module): readonly Module[] => {
      if (module === current) return tiles;
      return tiles.includes(module) ? bySize(module) : [];
    };
    const root = hierarchy<Module>(current, (module) => [...below(module)]).each((node) => {
      (node as { value?: number }).value = node.data.size;
    });
    const laid = treemap<Module>()
      .tile(treemapSquarify)
      .size([this.#width, HEIGHT])
      .paddingInner(2)
      .paddingTop(({ depth }) => (depth === 0 ? 0 : 36))
      .paddingRight(({ depth }) => (depth === 0 ? 0 : 3))
      .paddingBottom(({ depth }) => (depth === 0 ? 0 : 3))
      .paddingLeft(({ depth }) => (depth === 0 ? 0 : 3))(root);
    this.#tiles = (laid.children ?? [laid]).map((node) => ({
      module: node.data,
      x: node.x0,
      y: node.y0,
      width: Math.max(1, node.x1 - node.x0),
      height: Math.max(1, node.y1 - node.y0),
      inner: (node.children ?? []).slice(0, INNER).map((part) => ({
        label: part.data.label,
        x: part.x0 - node.x0,
        y: part.y0 - node.y0,
        width: Math.max(0, part.x1 - part.x0),
        height: Math.max(0, part.y1 - part.y0),
      })),
    }));
    const left = this.#left;
    const from =
      left === null
        ? -1
        : this.#tiles.findIndex(({ module }) => within(module.path, left) || within(left, module.path));
    this.#left = null;
    this.#active = from >= 0 ? from : Math.min(this.#active, Math.max(0, this.#tiles.length - 1));
  }

  #measure(): void {
    const width = this.#watched?.clientWidth ?? 0;
    if (width === this.#width) return;
    this.#width = width;
    this.#events.redraw();
  }
}

const bySize = ({ children }: Module): Module[] => children.toSorted((a, b) => b.size - a.size);

const within = (path: string, top: string): boolean => path === top || path.startsWith(`${top}.`);

/** The same for all that is below one of the parts that the whole model shows. */
function colourOf({ path }: Module, root: Module): number {
  const parts = spread(root);
  return (
    Math.max(
      0,
      parts.findIndex(({ path: top }) => within(path, top)),
    ) % 6
  );
}

/** The modules below; one that is most of them gives way to its own. */
function spread(current: Module): readonly Module[] {
  let tiles: readonly Module[] = bySize(current);
  for (let level = 0; level < 3; level++) {
    const [largest, ...others] = tiles;
    if (!largest || largest.children.length < 2 || largest.size < 0.6 * current.size) break;
    tiles = [...bySize(largest), ...others];
  }
  return tiles.toSorted((a, b) => b.size - a.size);
}
