import type { ReplayStore } from '../../index.js';

/**
 * What is used of a client of the package `redis` (4 or newer), which is known by `SET`, or `ioredis`, which is known
 * by `defineCommand`.
 */
export type RedisClient = {
  set(...args: any[]): Promise<unknown>;
  get(key: any): Promise<unknown>;
} & ({ SET(...args: any[]): Promise<unknown> } | { defineCommand(...args: any[]): unknown });

/** Such a client that runs scripts, too. */
export type RedisReplayClient = RedisClient & { eval(...args: any[]): Promise<unknown> };

/** A store that claims, too. */
export type ClaimingReplayStore = Required<ReplayStore>;

/**
 * Keeps callbacks in Redis, each by one key, through a client that you opened and close yourself. `setIfAbsent` is one
 * `SET key value PX ttl NX`; the others are one short script each, sent by `EVAL`. A cluster client and one with a key
 * prefix will do.
 *
 * Throws a `TypeError` when `client` is of neither package. Its methods reject with what the client rejects with.
 */
export declare function redisReplayStore(client: RedisReplayClient): ClaimingReplayStore;

/** Sends one statement with its `$1`, `$2`, … and resolves with the rows, or with an object that holds them. */
export type PostgresQuery = (
  text: string,
  values: any[],
) => Promise<readonly unknown[] | { readonly rows: readonly unknown[] }>;

/** What is used of a `Pool` or `Client` of the package `pg`. */
export interface PostgresClient {
  query(text: string, values: any[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface PostgresReplayOptions {
  /** The table's name, or `schema.name`, in lower case. Default `finconnect_replay`. */
  table?: string | undefined;
}

export interface PostgresReplayStore extends ClaimingReplayStore {
  /**
   * Removes expired rows, the oldest first, 1 to 100,000 and 1,000 by default; resolves with how many.
   * It never waits for another connection. An expired row counts as absent whether it is removed or not.
   */
  removeExpired(limit?: number): Promise<number>;
}

/**
 * Keeps callbacks in a PostgreSQL table (9.6 or newer), by the database's clock, one statement each. The
 * table is yours to make: see `postgresReplayTable`. Give the pool, not the client of a transaction: what
 * that one keeps is undone when it is rolled back.
 *
 * Throws a `TypeError` when `client` cannot be queried or the name is not one. Its methods reject with what the query
 * rejects with.
 */
export declare function postgresReplayStore(
  client: PostgresClient | PostgresQuery,
  options?: PostgresReplayOptions,
): PostgresReplayStore;

/**
 * The SQL that makes the table and its index, for a migration. Nothing changes where they are already; a table of a
 * version without claims gets its new column.
 *
 * ```sql
 * CREATE TABLE IF NOT EXISTS "finconnect_replay" (
 *   key text PRIMARY KEY,
 *   expires_at timestamptz NOT NULL,
 *   token text
 * );
 * ALTER TABLE "finconnect_replay" ADD COLUMN IF NOT EXISTS token text;
 * CREATE INDEX IF NOT EXISTS "finconnect_replay_expires_at" ON "finconnect_replay" (expires_at);
 * ```
 */
export declare function postgresReplayTable(table?: string): string;
