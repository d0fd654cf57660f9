const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * Returns true for a UUIDv7 that was created within so many milliseconds of a moment, before or after it, since clocks differ
 * (RFC 9562, section 5.7: its first 48 bits are milliseconds since 1970).
 */
export function isRecentId(id: string, now: Date, withinMs: number): boolean {
  const uuid = UUID_V7.exec(id);
  return uuid !== null && Math.abs(now.getTime() - Number.parseInt(`${uuid[1]}${uuid[2]}`, 16)) <= withinMs;
}
