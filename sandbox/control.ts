import type { Sandbox } from './sandbox.js'
import type { Exchange } from './server.js'
import type { World } from './world.js'

export async function control(_e: Exchange, _s: Omit<Sandbox,'url'>, _w: World, _streams: Set<() => void>): Promise<boolean> {
  return false
}
