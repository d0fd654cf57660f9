const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Whether an id is a UUIDv7 that was made within so many milliseconds of a moment, before or after it, since clocks differ
 * (RFC 9562, section 5.7: its first 48 bits are milliseconds since 1970).
 */
export function isYoungId(id: string, now: Date, withinMs: number): boolean {
  if (!UUID_V7.test(id)) return false;
  const madeAt = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  return Math.abs(now.getTime() - madeAt) <= withinMs;
}
