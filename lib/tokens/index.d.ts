import type { TokenStore } from '../../index.js';
import type { PostgresClient, PostgresQuery, RedisClient } from '../replay/index.js';

/** What is used of a client of the package `redis` (4 or newer) or `ioredis`. */
export type RedisTokenClient = RedisClient & { del(key: any): Promise<unknown> };

/**
 * Shares access tokens through Redis, by a client that you opened and close yourself. A cluster client and one with a
 * key prefix will do.
 *
 * Throws a `TypeError` when `client` is of neither package.
 */
export declare function redisTokenStore(client: RedisTokenClient): TokenStore;

export interface PostgresTokenOptions {
  /** The table's name, or `schema.name`, in lower case. Default `finconnect_tokens`. */
  table?: string | undefined;
}

/**
 * Shares access tokens through a PostgreSQL table (9.5 or newer), by the database's clock. The table is yours to make:
 * see `postgresTokenTable`. Give the pool, not the client of a transaction.
 *
 * Throws a `TypeError` when `client` cannot be queried or the name is not one.
 */
export declare function postgresTokenStore(
  client: PostgresClient | PostgresQuery,
  options?: PostgresTokenOptions,
): TokenStore;

/**
 * The SQL that makes the table, for a migration. Nothing changes where it is already. It holds two rows for each
 * account at a gateway.
 *
 * ```sql
 * CREATE TABLE IF NOT EXISTS "finconnect_tokens" (
 *   key text PRIMARY KEY,
 *   value text NOT NULL,
 *   expires_at timestamptz NOT NULL
 * );
 * ```
 */
export declare function postgresTokenTable(table?: string): string;
