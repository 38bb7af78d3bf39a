'use strict';

// A charge by the first gateway that takes it. Loaded when it is first asked for.

module.exports = {
  /** Asks one gateway after the other, and the next only when the one before has certainly done nothing. */
  async routed(gateways, rule, charge, options) {
    options?.signal?.throwIfAborted?.();
    // All are asked for the same, whatever becomes of the caller's own object.
    const request = charge !== null && typeof charge === 'object' ? { ...charge } : charge;
    const asked = [];
    for (let at = 0; ; at += 1) {
      try {
        const made = await gateways[at].charge(request, options);
        asked.push({ provider: made.provider, outcome: 'accepted', code: null, message: null });
        return { ...made, asked };
      } catch (error) {
        // An error of another kind says nothing of the money.
        const { provider = null, outcome = 'unknown', code = null, message = String(error) } = Object(error);
        asked.push({ provider, outcome, code, message });
        if (error instanceof Error) error.asked = asked;
        const mayGoOn = outcome === 'not_sent' || (outcome === 'refused' && allows(rule, error));
        if (at + 1 < gateways.length && mayGoOn && !options?.signal?.aborted) continue;
        throw error;
      }
    }
  },
};

/** A rule that throws allows nothing: the refusal is what its caller is to know. */
function allows(rule, refusal) {
  try {
    return rule?.(refusal) === true;
  } catch {
    return false;
  }
}
