// Runs the matrix and the measurements, and sends the results to the process that started it.
import { cells, runMatrix, wrongs } from './matrix.mjs';
import { measure } from './requirements.mjs';
import { startWatch } from './watch.mjs';

const words = process.argv.slice(2);
const started = performance.now();
const watch = startWatch();
const progress = (done, all) => process.send({ progress: `${done} of ${all} cells` });

const chosen = cells().filter(({ operation, provider, fault }) =>
  words.every((word) => `${operation} ${provider} ${fault.name}`.includes(word)),
);
const results = await runMatrix(chosen, { watch, progress });
process.send({ progress: 'deadlines, aborts, forged callbacks' });
const measured = words.length === 0 ? await measure(watch) : [];
watch.end();

const wrong = results.flatMap(wrongs);
for (const { what, figures, unit, limit, holds } of measured) {
  if (!holds) wrong.push(`${what}: ${Math.max(...figures)} ${unit}, the limit is ${limit}`);
}
const leaks = watch.leaks();
if (leaks.length > 0) wrong.push(`a secret or a whole phone number was emitted, in ${leaks.length} texts`);
process.send(
  {
    cells: results,
    measured,
    wrongs: wrong,
    secrets: [...watch.secrets],
    emitted: { ...watch.counts, characters: watch.characters(), secrets: watch.secrets.size },
    seconds: Math.round((performance.now() - started) / 1000),
  },
  () => process.disconnect(),
);
