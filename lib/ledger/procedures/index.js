'use strict';

// What is done to the tables, each in one transaction. SQLite runs these generators in its own thread, PostgreSQL
// statement by statement: they yield `[text, values]` and get rows.

module.exports = (sql) => ({
  ...require('./make.js')(sql),
  ...require('./settle.js')(sql),
  ...require('./ask.js')(sql),
  ...require('./read.js')(sql),
  ...require('./health.js')(sql),
  ...require('./show.js')(sql),
});
