// Settings of config.json that every family has to check alike.
import type { ConfigReader } from '../config.ts';

/** The number of heads, which must share the hidden size evenly. */
export function readHeads(config: ConfigReader, name: string, hidden: number): number {
  const heads = config.size(name);
  if (hidden % heads !== 0) throw config.wrong(name, heads, `a divisor of the hidden size (${hidden})`);
  return heads;
}

/** The padding token, whose embedding is never learned by lookup; undefined where the config says null. */
export function readPadding(config: ConfigReader, otherwise: number): number | undefined {
  return config.config.pad_token_id === null ? undefined : config.size('pad_token_id', otherwise, 0);
}
