'use strict';

const binding = load();

/** Why a call failed, and whether it can have moved money. The addon fills in the fields. */
class FinConnectError extends Error {}

Object.defineProperty(FinConnectError.prototype, 'name', {
  value: 'FinConnectError',
  writable: true,
  configurable: true,
});

const host = require('./host.js')(binding);
binding.setHost(FinConnectError, host);
host.join(binding.FintechSDK);

exports.FintechSDK = binding.FintechSDK;
exports.FinConnectError = FinConnectError;
exports.mayBecome = binding.mayBecome;

function load() {
  const excludeNetwork = process.report?.excludeNetwork;
  try {
    return require('./binding.js');
  } catch (error) {
    throw require('./load-failure.js')(error);
  } finally {
    // Where there is no ldd to read, the loader sets it and leaves it so.
    if (process.report?.excludeNetwork !== excludeNetwork) process.report.excludeNetwork = excludeNetwork;
  }
}
