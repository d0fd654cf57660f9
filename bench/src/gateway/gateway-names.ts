export const REFERENCE = 'Apollo Gateway';
export const OURS = [
  'Marquee',
  'Marquee, no dedup',
  'Marquee, plugins, no dedup',
  'CompiledGateway',
  'CompiledGateway, no dedup',
] as const;
export const GATEWAYS = [REFERENCE, ...OURS] as const;
export type GatewayName = (typeof GATEWAYS)[number];
