export interface DashboardOptions {
  /**
   * Whether gateways may be asked again and payments be resolved: `true`, or a function of the request that says
   * whether this person may. Default `false`: it is only read.
   */
  act?: boolean | ((req: any) => boolean | Promise<boolean>) | undefined;
  /**
   * Names who is logged in, for what is written down. Without it the page asks for a name. Where it gives nothing,
   * nothing may be done.
   */
  user?: ((req: any) => string | null | undefined | Promise<string | null | undefined>) | undefined;
  /** Where it is mounted, such as `'/admin/money'`. Express and Connect tell it by themselves. */
  path?: string | undefined;
  /** Whose days are counted. Default `'Africa/Dar_es_Salaam'`. */
  timeZone?: string | undefined;
}

/** Shows the money of a ledger: as a function in Express, Connect and `node:http`, by `handle` everywhere else. */
export interface Dashboard {
  /** Hands to `next` what fails that is no failure of the database, and with `path` every request for another place. */
  (req: any, res: any, next?: ((error?: any) => void) | undefined): Promise<void>;
  /** The same for a `Request` of the Web standard. It never rejects. `body`: where the framework has read it. */
  handle(request: Request, options?: { body?: unknown }): Promise<Response>;
}
