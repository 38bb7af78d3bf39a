'use strict';

// What a status means for what comes after it.

/** No further change is expected; handlers are told. */
exports.FINAL = ['succeeded', 'failed', 'reversed', 'refunded'];
/** The customer has paid, whatever became of it then. */
exports.PAID = ['succeeded', 'reversed', 'refunded'];
exports.TAKEN_BACK = ['reversed', 'refunded'];
