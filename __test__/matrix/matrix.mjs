// The whole matrix, and what each of its cells must hold.
import { runCell } from './cell.mjs';
import { SANDBOX_FAULTS, SHORT_MS, WIRE_FAULTS } from './faults.mjs';
import { OPERATIONS } from './operations.mjs';

const AT_ONCE = 4;
/** Attempts of a cell in all; only a cell that was late is run again. */
const ATTEMPTS = 3;
export const LATE_MS = 50;

/** Each operation of each gateway with each fault. */
export function cells() {
  const faults = [...SANDBOX_FAULTS, ...WIRE_FAULTS];
  return Object.entries(OPERATIONS).flatMap(([operation, { providers }]) =>
    providers.flatMap((provider) => faults.map((fault) => ({ operation, provider, fault }))),
  );
}

/** Runs `chosen` cells, some at a time, and resolves with their results in order. */
export async function runMatrix(chosen, { watch, progress = () => {} }) {
  const results = [];
  let next = 0;
  const work = async () => {
    for (let index; (index = next++) < chosen.length; ) {
      results[index] = await settle({ ...chosen[index], watch });
      progress(results.filter(Boolean).length, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** A busy machine may be late where the library is not, so a late cell gets another try, and says so. */
async function settle(cell) {
  for (let attempt = 1; ; attempt++) {
    const result = await runCell(cell);
    const late = cell.fault.timeoutMs === SHORT_MS && result.ms > SHORT_MS + LATE_MS;
    if (!late || attempt === ATTEMPTS) return { ...result, attempt };
  }
}

/** Whether the handler ran once where a copy was acknowledged, and else never; its own failure is nobody's here. */
function isHandledOnce(word) {
  if (word === 'none came') return true;
  const [statuses, handled] = word.split('; handled: ');
  const runs = handled === 'nothing' ? 0 : handled.split(', ').length;
  return runs === (/200/.test(statuses) ? 1 : 0) && !/500/.test(statuses);
}

/** Whether a ledger fulfils what was paid, once, and nothing else. Money of another amount waits for a person. */
function isTrue(word, fault) {
  const found = /^\w+; (\w+); paid (\d), fulfilled (\d); (\S+)$/.exec(word) ?? [];
  const [, status, paid, fulfilled, attention] = found;
  if (fault === 'wrong-amount') return fulfilled === '0' && status !== 'succeeded' && attention === 'mismatch';
  if (paid === '0') return fulfilled === '0' && status !== 'succeeded';
  return fulfilled === '1' && status === 'succeeded';
}

/** What is wrong with a cell's result: sentences, none where all is well. */
export function wrongs(cell) {
  const { operation, provider, fault, met, pushes, refusedForToken, outcome, code, retryable, word, carriedOut } = cell;
  const wrong = [];
  const where = `${operation}, ${provider}, ${fault}: `;
  const claim = (holds, sentence) => holds || wrong.push(where + sentence);
  claim(met, 'the fault was not met');
  claim(pushes <= 1, `${pushes} payment requests`);
  claim(refusedForToken <= 1, `${refusedForToken} requests refused for their token`);
  claim(code !== 'INTERNAL', 'INTERNAL');
  if (operation === 'ledger') {
    claim(isTrue(word ?? '', fault), `not true: ${word}`);
    return wrong;
  }
  const pays = operation === 'pay' || operation === 'login' || cell.moves;
  if (pays && outcome === 'not_sent') claim(pushes === 0, `told not_sent, ${pushes} payment requests came`);
  if (pays && word) claim(pushes === 1, `accepted, ${pushes} payment requests came`);
  if (pays && carriedOut && pushes > 0) claim(outcome !== 'refused', 'carried out, and told refused');
  if (pays && outcome === 'unknown' && !cell.isHarmless) claim(retryable === false, 'told unknown and retryable');
  if (operation === 'handleCallback' && /valid/.test(word ?? ''))
    claim(word.split('valid').length === 2, `valid more than once: ${word}`);
  if (operation === 'webhooks' && word) claim(isHandledOnce(word), `not handled once where it says 200: ${word}`);
  if (cell.timeoutMs === SHORT_MS)
    claim(
      cell.ms <= SHORT_MS + LATE_MS,
      `settled ${Math.round(cell.ms - SHORT_MS)} ms after its deadline, in each of ${cell.attempt} attempts`,
    );
  return wrong;
}
