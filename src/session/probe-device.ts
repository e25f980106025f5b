// Whether a device is there, found out by using it once.
import { GraphBuilder } from '../onnx/builder.ts';
import { type Device, Session } from './session.ts';

/** Null when a graph runs on `device`; otherwise why not, in a few words. */
export async function probeDevice(device: Device): Promise<string | null> {
  if (device === 'cpu') return null;
  const build = new GraphBuilder();
  const x = build.input('x', 'float32', [2, 2]);
  build.output(build.op('MatMul', [x, x]));
  try {
    const session = await Session.create(build.build(), { device });
    await session.run({ x: { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] } });
    await session.release();
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (/adapter/i.test(text)) return 'no graphics adapter was found';
    if (/not supported|not available|no available backend/i.test(text))
      return 'this build of onnxruntime does not offer it';
    return text;
  }
}
