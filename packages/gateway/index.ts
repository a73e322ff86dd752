export { Gateway, type GatewayOptions, type Listening } from './gateway.ts';
export { type DrainOptions, defaultLimits, type ProxyLimits } from './proxy/proxy-server.ts';
export type { Acknowledgement, RouteReceiver, RouteSource } from './source/route-source.ts';
