'use strict';

// A charge by the first gateway that takes it. Loaded when it is first asked for.

module.exports = {
  /** Asks one gateway after the other, and the next only when the one before has certainly done nothing. */
  async routed(gateways, rule, charge, options) {
    const asked = [];
    for (let at = 0; ; at += 1) {
      try {
        const made = await gateways[at].charge(charge, options);
        asked.push({ provider: made.provider, outcome: 'accepted', code: null, message: null });
        return { ...made, asked };
      } catch (error) {
        // An error of another kind says nothing of the money.
        const { provider = null, outcome = 'unknown', code = null, message = String(error) } = Object(error);
        asked.push({ provider, outcome, code, message });
        const mayGoOn = outcome === 'not_sent' || (outcome === 'refused' && rule?.(error) === true);
        if (at + 1 < gateways.length && mayGoOn && !options?.signal?.aborted) continue;
        if (error instanceof Error) error.asked = asked;
        throw error;
      }
    }
  },
};
