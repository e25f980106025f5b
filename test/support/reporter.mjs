// A node:test reporter for run-test-files.mjs: one JSON record a test, marked so that tests may print what they like.
import { inspect } from 'node:util';

export const MARK = '\u001e';

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === 'test:pass' || type === 'test:fail') {
      if (data.details?.type === 'suite' && !ownFailure(type, data)) continue;
      const error = data.details?.error;
      if (error?.failureType === 'subtestsFailed') continue;
      yield record({
        type: data.skip !== undefined || data.todo !== undefined ? 'skip' : type === 'test:pass' ? 'pass' : 'fail',
        name: data.name,
        line: data.line,
        ms: data.details?.duration_ms,
        error: error && inspect(error.cause ?? error, { depth: 6, breakLength: 110 }),
      });
    }
  }
  yield record({ type: 'end' });
}

/** A hook that fails shows as a failed suite: that counts, a suite whose tests failed does not count twice. */
function ownFailure(type, data) {
  return type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed';
}

const record = (value) => `${MARK}${JSON.stringify(value)}\n`;
