'use strict';

// What crosses between the app's thread and that of SQLite: as text, in half the time, where it is all the ledger's
// own.

exports.written = (message, isApps) => (isApps ? message : JSON.stringify(message));
exports.read = (message) => (typeof message === 'string' ? JSON.parse(message) : message);
