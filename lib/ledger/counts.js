'use strict';

// What no table tells, counted in this process: what became of callbacks and of logins.

exports.Counts = Counts;

/** Counts by gateway, from 0, so that a first forged callback is seen as a change. */
function Counts(gateways, now) {
  const since = now();
  const names = Object.keys(gateways);
  const byName = (made) => new Map(names.map((name) => [name, made()]));
  const callbacks = byName(() => ({ verdicts: new Map(), forged: 0, forgedAt: null }));
  const logins = byName(() => ({ succeeded: 0, failed: 0, failedInARow: 0, code: null }));
  let listensSince;

  function login({ provider, outcome, code, from }) {
    const own = logins.get(provider);
    // A token out of the shared store says nothing of the credentials.
    if (from !== 'gateway') return;
    const isDone = outcome === 'success';
    own[isDone ? 'succeeded' : 'failed'] += 1;
    own.failedInARow = isDone ? 0 : own.failedInARow + 1;
    own.code = isDone ? null : code;
  }

  return {
    /** One delivery, as `onEvent` of the webhooks hears of it. */
    callback(told) {
      const own = callbacks.get(told.source);
      const verdict = told.reason ?? told.outcome;
      own.verdicts.set(verdict, (own.verdicts.get(verdict) ?? 0) + 1);
      if (!isForged(told)) return;
      own.forged += 1;
      own.forgedAt = now();
    },

    /** Begins to hear of logins. Until somebody asks for them nobody listens: to be heard costs every call. */
    listen() {
      if (listensSince !== undefined) return;
      listensSince = now();
      for (const sdk of Object.values(gateways)) sdk.on('login', login);
    },

    /** When the ledger is closed: the SDK objects live on. */
    close() {
      for (const sdk of Object.values(gateways)) sdk.off('login', login);
    },

    told: () => ({
      callbacksSince: new Date(since),
      loginsSince: new Date(listensSince),
      callbacks: [...callbacks].map(([gateway, { verdicts, forged, forgedAt }]) => ({
        gateway,
        verdicts: Object.fromEntries(verdicts),
        forged,
        forgedAt: forgedAt === null ? null : new Date(forgedAt),
      })),
      logins: [...logins].map(([gateway, counts]) => ({ gateway, ...counts })),
    }),
  };
}

/**
 * Whether a callback was surely not the gateway's. Where only the gateway knows that, it cannot be told from one that
 * came before the gateway had it in its books.
 */
function isForged({ reason, kind }) {
  return reason === 'BAD_SIGNATURE' || (reason === 'MISSING_SIGNATURE' && kind === 'payment');
}
