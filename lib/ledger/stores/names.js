'use strict';

exports.namesOf = namesOf;

/** PostgreSQL cuts names at 63 characters: so much is left for what an index's name ends with. */
const NAME = /^[a-z_][a-z0-9_]{0,29}$/;

/** What procedures and migrations know of the database that they run in. */
function namesOf({ prefix = 'finconnect_', schema }, isPostgres = false) {
  for (const [option, name] of Object.entries({ prefix, schema })) {
    if (name !== undefined && !(typeof name === 'string' && NAME.test(name)))
      throw new TypeError(`${option} must be at most 30 lower-case letters, digits and _, and begin with no digit.`);
  }
  const table = (name) => `${schema === undefined ? '' : `"${schema}".`}"${prefix}${name}"`;
  return {
    payment: table('payment'),
    attempt: table('attempt'),
    event: table('event'),
    prefix,
    schema,
    isPostgres,
    lock: isPostgres ? ' FOR UPDATE' : '',
    /** Ends a statement that is to tell what it changed, where the store does not know by itself. */
    telling: isPostgres ? ' RETURNING id' : '',
    skipLocked: isPostgres ? ' FOR UPDATE SKIP LOCKED' : '',
  };
}
