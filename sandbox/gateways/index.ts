import type { Gateway } from '../engine/payments.js';
import type { GatewaySpec } from '../engine/world.js';
import { azampay } from './azampay/index.js';
import { clickpesa } from './clickpesa/index.js';
import { pesapal } from './pesapal/index.js';

export const specs: Record<Gateway, GatewaySpec> = { pesapal, clickpesa, azampay };

/** Which gateway a path is meant for; what nobody claims is answered as AzamPay's host answers. */
export function gatewayOf(path: string): Gateway {
  if (/^\/third-parties(\/|$)/i.test(path)) return 'clickpesa';
  return /^\/(pesapalv3|v3|api\/(auth|urlsetup|transactions))(\/|$)/i.test(path) ? 'pesapal' : 'azampay';
}
