'use strict';

// A request in the words of OpenTelemetry's stable conventions for HTTP.

const { templateOf } = require('./paths.js');

/** What is said of a request by its event `response`, as attributes of its duration. */
exports.attributesOf = ({ provider, method, host, port, path, status, code }) => ({
  'finconnect.provider': provider,
  'http.request.method': method,
  'server.address': host,
  'server.port': port,
  'url.template': templateOf(path, provider),
  ...(status !== null && { 'http.response.status_code': status }),
  ...errorOf(status, code),
});

/** An answer may be a refusal although its status says nothing of one: HTTP has done its part. */
function errorOf(status, code) {
  if (status === null) return { 'error.type': code ?? '_OTHER' };
  return status >= 400 ? { 'error.type': String(status) } : {};
}
