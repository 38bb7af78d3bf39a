// A reporter of Node's test runner for programs: the counts as JSON.
import { countedAs, noCounts } from './counts.mjs';

export default async function* counts(events) {
  const counts = noCounts();
  for await (const event of events) {
    const counted = countedAs(event);
    if (counted) counts[counted]++;
  }
  yield JSON.stringify(counts);
}
