// How many tests passed, failed and were skipped.
import { stripVTControlCharacters } from 'node:util';

export const noCounts = () => ({ passed: 0, failed: 0, skipped: 0 });

export function add(total, counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
  return total;
}

/** The line that ends a run, the same in a terminal, in a pipe and in CI. */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** What an event of Node's test runner adds: `'passed'`, `'failed'`, `'skipped'`, or nothing. */
export function countedAs({ type, data }) {
  if (type !== 'test:pass' && type !== 'test:fail') return undefined;
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
  if (type === 'test:fail') return isSuite(data) && causedBelow(data) ? undefined : 'failed';
  return isSuite(data) ? undefined : 'passed';
}

const isSuite = (data) => data.details.type === 'suite';

/** Whether a failure is only that of a test within, which is told by itself. */
export const causedBelow = (data) => data.details.error?.failureType === 'subtestsFailed';

/** What `cargo test` printed; a run without a result failed before its first test. */
export function rustCounts(output, succeeded) {
  const counts = noCounts();
  const results = stripVTControlCharacters(output).matchAll(
    /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm,
  );
  for (const [, ...numbers] of results) {
    const [passed, failed, skipped] = numbers.map(Number);
    add(counts, { passed, failed, skipped });
  }
  if (!succeeded) counts.failed ||= 1;
  return counts;
}
