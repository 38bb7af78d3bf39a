'use strict';

const diagnostics = require('node:diagnostics_channel');

const addon = nativePart() ?? load();
const { FintechSDK } = addon;

/** Where the addon keeps what this module shares with itself, should a test runner evaluate it anew. */
const SHARED = Symbol.for('finconnect.shared');
/** Where an SDK object keeps its own fetch and stores, and its listeners by event. */
const OWN = Symbol.for('finconnect.own');

const EVENTS = ['request', 'response', 'retry', 'login', 'callback'];
const channels = new Map(EVENTS.map((name) => [name, diagnostics.channel(`finconnect:${name}`)]));
const allChannels = [...channels.values()];
/** Those of `diagnostics.tracingChannel('finconnect:call')`, by their names: not every engine has that function. */
const tracing = {
  start: diagnostics.channel('tracing:finconnect:call:start'),
  end: diagnostics.channel('tracing:finconnect:call:end'),
  asyncStart: diagnostics.channel('tracing:finconnect:call:asyncStart'),
  asyncEnd: diagnostics.channel('tracing:finconnect:call:asyncEnd'),
  error: diagnostics.channel('tracing:finconnect:call:error'),
};

/** Why a call failed, and whether it can have moved money. */
class FinConnectError extends Error {}

Object.defineProperty(FinConnectError.prototype, 'name', {
  value: 'FinConnectError',
  writable: true,
  configurable: true,
});

/**
 * `native`: the addon's own methods, in whose place this module puts its own. `Failure`: the answer to a call that
 * failed, its error as JSON text, and its cause. By a call's number, which is used again, `resolvers`: what resolves
 * its promise;
 * `rejecters`: what builds its error, with the FinConnectError of the copy of this module that made the call.
 */
const { native, Failure, resolvers, rejecters } = (addon[SHARED] ??= {
  native: takeNativeMethods(),
  Failure: class Failure {
    constructor(text, cause) {
      this.text = text;
      this.cause = cause;
    }
  },
  resolvers: [],
  rejecters: [],
});

const host = {
  /** `[number, answer, number, answer, …]` as JSON text. */
  settle(text) {
    const answers = JSON.parse(text);
    for (let i = 0; i < answers.length; i += 2) settle(answers[i], answers[i + 1]);
  },
  fail(call, failure) {
    if (resolvers[call] !== undefined) settle(call, rejecters[call](failure));
  },
  failure: (text, cause) => new Failure(text, cause),
  error: function error(text, cause) {
    return errorOf(new Failure(text, cause), error);
  },
};
const callbacks = {};
const composed = {};
const traces = {};
const late = [
  'adopt',
  'enter',
  'emit',
  'ask',
  'forget',
  'watch',
  'unwatch',
  'expected',
  'headers',
  'withBigints',
  'wordsOf',
];
lazily(host, late, () => require('./lib/host.js')({ addon, OWN, channels, ownOf, paymentOf }));
lazily(callbacks, ['handleCallback'], () =>
  require('./lib/callbacks.js')({
    ...{ addon, native, Failure, OWN, observed, hasOwn, keep, errorOf, thrownBy, paymentOf, wordsOf },
  }),
);
lazily(traces, ['traced'], () => require('./lib/traces.js')({ native, FinConnectError, channels: tracing }));
lazily(composed, ['listed'], () => require('./lib/lists.js')({ refuse }));
lazily(composed, ['keyOf', 'standing'], () => require('./lib/standing.js')({ ...addon, refuse }));
lazily(composed, ['recovered'], () => require('./lib/recover.js')({ ownOf, refuse, composed }));
lazily(composed, ['reconciled'], () => require('./lib/reconcile.js')({ refuse, composed }));
lazily(composed, ['routed'], () => require('./lib/router.js'));
addon.setHost(host);

/**
 * The operations as methods; those with a dot in their name belong to a group, such as `bills`. A callback takes a way
 * of its own, for its speed, and so does what asks for one page after the other.
 */
const methods = {};
const groups = {};
JSON.parse(addon.operations()).forEach(([name, isPayment], operation) => {
  const [group, own] = name.split('.');
  methods[name] = method(name, operation, isPayment ? paymentOf : undefined);
  if (own !== undefined) (groups[group] ??= []).push(own);
});
const single = { ...methods };
Object.assign(methods, {
  handleCallback: traceable('handleCallback', function handleCallback(body, options) {
    return callbacks.handleCallback(this, body, options);
  }),
  listPayments(filter, options) {
    return composed.listed(this, single.listPayments, filter, options);
  },
  listPayouts(filter, options) {
    return composed.listed(this, single.listPayouts, filter, options);
  },
});
define(Object.fromEntries(Object.entries(methods).filter(([name]) => !name.includes('.'))), true);
for (const [group, names] of Object.entries(groups))
  Object.defineProperty(FintechSDK.prototype, group, grouped(group, names));

define({
  supports(name) {
    return name === 'recover' || name === 'reconcile' || told(this, 'supports', name);
  },

  capabilities() {
    return JSON.parse(told(this, 'capabilities'));
  },

  recover: traceable('recover', async function recover(payment, options) {
    return composed.recovered(this, payment, options);
  }),

  reconcile(pending, options) {
    return composed.reconciled(this, pending, options);
  },

  on(event, listener) {
    if (!EVENTS.includes(event))
      throw new TypeError(`There is no event ${String(event)}; there are ${EVENTS.join(', ')}`);
    if (typeof listener !== 'function') throw new TypeError('A listener must be a function');
    const { listeners } = ownOf(this);
    listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    return this;
  },

  off(event, listener) {
    const { listeners } = ownOf(this);
    const set = listeners.get(event);
    if (set?.delete(listener) && set.size === 0) listeners.delete(event);
    return this;
  },
});

/** Several gateways, of which the next is asked only when the one before has certainly done nothing. */
class PaymentRouter {
  #gateways;
  #rule;

  constructor(gateways, rule) {
    const has = (sdk) => typeof sdk?.charge === 'function';
    if (!Array.isArray(gateways) || gateways.length === 0 || !gateways.every(has))
      throw refuse('constructor', 'A PaymentRouter takes a list of FintechSDK objects.', 'INVALID_CONFIG');
    if (rule !== undefined && typeof rule !== 'function')
      throw refuse('constructor', 'The rule of a PaymentRouter must be a function.', 'INVALID_CONFIG');
    this.#gateways = [...gateways];
    this.#rule = rule;
  }

  async charge(charge, options) {
    return composed.routed(this.#gateways, this.#rule, charge, options);
  }
}

/** What the provider classes share: the face of one FintechSDK. */
const faces = {};
lazily(faces, ['authenticate', 'getPublicKey', 'initiateUssdPushRequest'], () =>
  require('./lib/providers.js')({ addon, method }),
);
class ProviderFace {
  constructor(provider, config, options) {
    this.sdk = new FintechSDK({ ...options, provider, config });
  }

  async authenticate(options) {
    return faces.authenticate(this.sdk, options);
  }

  async getPublicKey(options) {
    return faces.getPublicKey(this.sdk, options);
  }

  async initiateUssdPushRequest(payload, options) {
    return faces.initiateUssdPushRequest(this.sdk, payload, options);
  }

  async registerIpn(url, type, options) {
    return this.sdk.registerIpn(url, type, options);
  }

  async handleCallback(body, options) {
    return this.sdk.handleCallback(body, options);
  }
}

/** A provider class by its documented name. */
function providerClass(gateway) {
  const name = `${gateway}Provider`;
  const named = {
    [name]: class extends ProviderFace {
      constructor(config, options) {
        super(gateway, config, options);
      }
    },
  };
  return named[name];
}

exports.FintechSDK = FintechSDK;
exports.FinConnectError = FinConnectError;
exports.PaymentRouter = PaymentRouter;
exports.mayBecome = addon.mayBecome;
// Written out, so that Node finds the names for `import`.
exports.PesapalProvider = providerClass('Pesapal');
exports.ClickpesaProvider = providerClass('Clickpesa');
exports.AzampayProvider = providerClass('Azampay');
exports.normalizePhone = addon.normalizePhone;
exports.guessOperator = addon.guessOperator;
exports.parseAmount = addon.parseAmount;
// For `finconnect/ledger`, which stands above this module.
Object.defineProperty(exports, Symbol.for('finconnect.parts'), { value: { addon, errorOf } });

/** Puts methods on the class, where they can be replaced as those of any class. */
function define(functions, enumerable = false) {
  for (const [name, value] of Object.entries(functions)) {
    Object.defineProperty(FintechSDK.prototype, name, { value, writable: true, enumerable, configurable: true });
  }
}

/** A group of methods, such as `bills`, as a property of the SDK object that they belong to. */
function grouped(group, names) {
  return {
    get() {
      return Object.fromEntries(names.map((name) => [name, methods[`${group}.${name}`].bind(this)]));
    },
    enumerable: true,
    configurable: true,
  };
}

/** What the addon's own method answers. */
function told(sdk, name, argument) {
  try {
    return native[name].call(sdk, argument);
  } catch (error) {
    throw thrownBy(sdk, name, error);
  }
}

function ownOf(sdk) {
  if (!sdk[OWN]) Object.defineProperty(sdk, OWN, { value: { listeners: new Map() } });
  return sdk[OWN];
}

/** Whether this object brought a fetch, or a store of any kind, of the caller's. */
function hasOwn(sdk) {
  const own = sdk[OWN];
  return own !== undefined && (own.fetch ?? own.store ?? own.tokens) !== undefined;
}

function wordsOf(error) {
  return host.wordsOf(error);
}

/** A method of whose calls `finconnect:call` is told, where anybody listens. */
function traceable(name, plain) {
  return {
    [name](first, second, options) {
      if (!isTraced()) return plain.call(this, first, second, options);
      return traces.traced(this, name, () => plain.call(this, first, second, options));
    },
  }[name];
}

/** Written out: so V8 knows each channel and reads nothing of it, where a loop over them takes 15 ns. */
function isTraced() {
  const { start, end, asyncStart, asyncEnd, error } = tracing;
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  );
}

/** Whether anybody would hear of this object's events. */
function observed(sdk) {
  const own = sdk?.[OWN];
  if (own !== undefined && own.listeners.size > 0) return true;
  for (const channel of allChannels) if (channel.hasSubscribers) return true;
  return false;
}

/**
 * A method by an operation's number. The addon numbers the call or refuses it at once. It is no async function:
 * those cost another promise, and memory that lives until the answer.
 */
function method(name, operation, made) {
  return traceable(name, function called(first, second, options) {
    try {
      const call = native.call.call(this, operation, observed(this), first, second, options);
      if (typeof call !== 'number') return Promise.reject(errorOf(call, methods[name]));
      started = call;
      const answer = new Promise(executor);
      return made === undefined ? answer : answer.then((row) => made(row));
    } catch (error) {
      return Promise.reject(thrownBy(this, name, error));
    }
  });
}

/**
 * What a method throws: on an SDK object the addon's own words; on anything else, such as a `Proxy` of one, an error
 * that says so.
 */
function thrownBy(sdk, name, error) {
  try {
    native.callbackMembers.call(sdk);
    return error;
  } catch {
    return errorOf(new Failure(addon.misplaced(name), error), methods[name]);
  }
}

/** The call whose promise is made next: an executor of its own for each would be garbage. */
let started;

function executor(resolve) {
  keep(started, resolve);
}

function keep(call, resolve) {
  resolvers[call] = resolve;
  rejecters[call] = failing;
}

function settle(call, answer) {
  const resolve = resolvers[call];
  if (resolve === undefined) return;
  resolvers[call] = undefined;
  rejecters[call] = undefined;
  resolve(answer);
}

/** The error of a call that breaks a rule, before anything is sent or, of a question, after it was answered. */
function refuse(operation, rule, code = 'INVALID_REQUEST') {
  const message = {
    INVALID_CONFIG: `Invalid configuration: ${rule}`,
    INVALID_REQUEST: `${operation} failed: ${rule} Nothing was sent.`,
    INVALID_RESPONSE: `${operation} failed: ${rule}`,
  }[code];
  const nothing = { provider: null, statusCode: null, gatewayCode: null, gatewayMessage: null, response: null };
  const fields = { message, code, operation, ...nothing, outcome: 'not_sent', retryable: false };
  return errorOf(new Failure(JSON.stringify(fields)), refuse);
}

/**
 * Rejects with a failure once its promise is the one that the caller awaits: only then can V8 tell who that is, for the
 * stack.
 */
async function failing(failure) {
  await undefined;
  await undefined;
  throw errorOf(failure, failing);
}

/** A failure as an error with the stack of whoever called `entered`, or awaits it. */
function errorOf({ text, cause }, entered) {
  const { message, isJson, ...fields } = JSON.parse(text);
  const error = new FinConnectError(message, cause === undefined ? undefined : { cause });
  Error.captureStackTrace(error, entered);
  try {
    // Nobody awaits it, or the engine does not tell: then the stack says at least which call it was.
    if (typeof error.stack === 'string' && !error.stack.includes('\n    at '))
      error.stack += `\n    at FintechSDK.${fields.operation} (<anonymous>)`;
  } catch {
    // Another library has taken the stack over.
  }
  try {
    if (isJson) fields.response = JSON.parse(fields.response);
  } catch {
    // Whatever the engine cannot read stays text: the error is worth more.
  }
  return Object.assign(error, fields);
}

/** A payment from the addon's row; one without the gateway's own object is told by `data`, the callback. */
function paymentOf(row, data) {
  const [provider, kind, status, amount, currency, reference, transactionId, receipt, payer, message, raw = data] = row;
  return { provider, kind, status, amount, currency, reference, transactionId, receipt, payer, message, raw };
}

/**
 * Gives `target` the functions of a module that is loaded when the first of them is called: not by `require`, nor by a
 * first payment.
 */
function lazily(target, names, load) {
  for (const name of names) target[name] = (...args) => Object.assign(target, load())[name](...args);
}

function takeNativeMethods() {
  const { prototype } = FintechSDK;
  const taken = {};
  const callbacks = ['handleCallback', 'handleCallbacks', 'callbackMembers', 'refuseCallback'];
  for (const name of ['call', ...callbacks, 'supports', 'capabilities']) {
    taken[name] = prototype[name];
    delete prototype[name];
  }
  return taken;
}

/**
 * The platform's package where its name is plain. `binding.js` knows all other cases, and takes longer than all the
 * rest.
 */
function nativePart() {
  if (process.env.NAPI_RS_NATIVE_LIBRARY_PATH) return undefined;
  const platform = `${process.platform}-${process.arch}${{ linux: '-gnu', win32: '-msvc' }[process.platform] ?? ''}`;
  try {
    return require(`finconnect-${platform}/finconnect.${platform}.node`);
  } catch {
    return undefined;
  }
}

function load() {
  const excludeNetwork = process.report?.excludeNetwork;
  try {
    return require('./binding.js');
  } catch (error) {
    throw require('./lib/load-failure.js')(error);
  } finally {
    // Where there is no ldd to read, the loader sets it and leaves it so.
    if (process.report?.excludeNetwork !== excludeNetwork) process.report.excludeNetwork = excludeNetwork;
  }
}
