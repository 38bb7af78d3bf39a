'use strict';

// How an answer goes out, on both sides.

exports.writeNode = writeNode;
exports.headerOf = headerOf;
exports.lastOf = lastOf;

/** Writes an answer, unless somebody has answered, or nobody is there any more. */
function writeNode(req, res, { status, headers, body }) {
  try {
    if (res.headersSent || res.writableEnded) return;
    res.statusCode = status;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    // The rest of a body that its sender never ends is not waited for.
    if (req.complete === false && status !== 413 && req.httpVersionMajor === 1) res.setHeader('connection', 'close');
    res.end(body);
  } catch {
    res.destroy?.();
  }
}

/** A header that is a number, else NaN. */
function headerOf(headers, name) {
  const value = typeof headers?.get === 'function' ? headers.get(name) : headers?.[name];
  return Number(value ?? NaN);
}

/** The last part of a URL's path. */
function lastOf(url) {
  const [path] = String(url).split(/[?#]/, 1);
  return path.split('/').filter(Boolean).at(-1);
}
