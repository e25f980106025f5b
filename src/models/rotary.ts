// The angles of rotary positions.
import type { Tensor } from '../session/session.ts';

/**
 * Cosines and sines of position · theta^(-2i/d) for i < d/2, in float32 at the places where torch rounds.
 * [tokens, head size / 2]
 */
export function rotaryFeeds(theta: number, size: number, positions: Int32Array): Record<string, Tensor> {
  const half = size / 2;
  const { cos, sin } = tables(theta, size, positions.reduce((most, position) => Math.max(most, position), 0) + 1);
  const rows = (table: Float32Array) => {
    const data = new Float32Array(positions.length * half);
    for (const [i, position] of positions.entries()) {
      data.set(table.subarray(position * half, (position + 1) * half), i * half);
    }
    return { data, shape: [positions.length, half] };
  };
  return { [`cos_${theta}`]: rows(cos), [`sin_${theta}`]: rows(sin) };
}

/** theta^(-2i/d) for i < d/2: what a pair turns by from one position to the next, in radians. */
export function frequencies(theta: number, size: number): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / size))),
  );
}

interface Tables {
  readonly count: number;
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

const known = new Map<string, Tables>();

/** One row a position, for at least `count` positions. */
function tables(theta: number, size: number, count: number): Tables {
  const key = `${theta} ${size}`;
  const found = known.get(key);
  if (found && found.count >= count) return found;
  const half = size / 2;
  const angles = frequencies(theta, size);
  const made = { count, cos: new Float32Array(count * half), sin: new Float32Array(count * half) };
  for (let position = 0; position < count; position++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position * (angles[i] as number));
      made.cos[position * half + i] = Math.cos(angle);
      made.sin[position * half + i] = Math.sin(angle);
    }
  }
  known.set(key, made);
  return made;
}
