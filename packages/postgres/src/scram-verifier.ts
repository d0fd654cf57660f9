import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 4096; // the server's own default: scram_iterations

/**
 * Returns a password as the server stores it, so that the password itself is never in a statement, which the server logs when it fails.
 * RFC 5802, section 3; the text form is that of https://www.postgresql.org/docs/current/catalog-pg-authid.html. Returns undefined for
 * a password with characters other than printable ASCII, which would need SASLprep.
 */
export function scramVerifier(password: string): string | undefined {
  if (!/^[\x20-\x7e]+$/.test(password)) return undefined;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
