import type { AzampayGateway } from '../../provider/azampay/types';
import type { ClickpesaGateway } from '../../provider/clickpesa/types';
import type { PesapalGateway } from '../../provider/pesapal/types';
import type { SelcomGateway } from '../../provider/selcom/types';
import type { FintechConfig } from './options';

/** The gateways by name: what each is configured with, and what it has. */
export interface Gateways {
  pesapal: PesapalGateway;
  clickpesa: ClickpesaGateway;
  azampay: AzampayGateway;
  selcom: SelcomGateway;
}

/** The gateways, matched without regard to case. */
export type ProviderName = keyof Gateways;

/** A gateway's name, or a text that is known only when the program runs. */
export type Provider = ProviderName | (string & {});

/** The gateway that a `provider` names for certain; `any` for a plain `string` and for a choice of several. */
export type NameOf<P> = 0 extends 1 & P
  ? any
  : true extends IsUnion<P>
    ? any
    : P extends string
      ? Lowercase<P> extends ProviderName
        ? Lowercase<P>
        : any
      : any;

/**
 * Adds nothing to the options of a known `provider`. In a generic function, where `P` may be any gateway, no options
 * are assignable to it.
 */
export type Certain<P> = 0 extends 1 & P ? unknown : P extends string ? unknown : never;
type IsUnion<T, All = T> = T extends All ? ([All] extends [T] ? false : true) : never;

/**
 * What a gateway's types say of a method: `never` when it does not have the method, `unknown` when the types do not
 * tell which gateway it is.
 */
type Told<Name, Method> = 0 extends 1 & Name
  ? unknown
  : Name extends ProviderName
    ? Method extends keyof Gateways[Name]
      ? Gateways[Name][Method]
      : never
    : never;

/** The `this` of a method: `never` when the gateway does not have the method, so that no call of it compiles. */
export type Having<Name, Method> = [Told<Name, Method>] extends [never] ? never : unknown;

/** A group of methods: `never` when the gateway does not have it. */
export type Group<Name, Key, Methods> = [Told<Name, Key>] extends [never] ? never : Methods;

/** What a method takes: the gateway's own type or, when it has none, `Plain`. */
export type Takes<Name, Method, Plain> = Told<Name, Method> extends { takes: infer Payload } ? Payload : Plain;

/** What the promise of a method resolves with: the gateway's own type or, when it has none, `Plain`. */
export type Gives<Name, Method, Plain> = Told<Name, Method> extends { gives: infer Answer } ? Answer : Plain;

/** The configuration keys of a gateway; those of all gateways when the types do not tell which one it is. */
export type ConfigOf<Name> = 0 extends 1 & Name
  ? FintechConfig
  : Name extends ProviderName
    ? Gateways[Name]['config']
    : never;

/** The names of a gateway's bounds; any name when the types do not tell which gateway it is. */
export type LimitOf<Name> = 0 extends 1 & Name ? string : Name extends ProviderName ? Gateways[Name]['limits'] : never;
