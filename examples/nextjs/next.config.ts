import type { NextConfig } from 'next';

// The addon is loaded from node_modules, and packed into no bundle.
export default { serverExternalPackages: ['finconnect'] } satisfies NextConfig;
