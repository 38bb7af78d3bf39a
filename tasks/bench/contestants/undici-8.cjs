'use strict';

// undici 8, which wants a newer Node, by HTTP/1.1.
const { payments } = require('./undici.cjs');

const open = (origin) => payments(require('undici-8'), origin, { connections: 128, allowH2: false });

module.exports = { open };
