/** Object id of the type bytea. */
const BYTEA = 17;
/** Dimensions, flag of nulls, type, length, and number of the first element: 32 bits each. */
const HEADER_BYTES = 20;

/**
 * Returns a `bytea[]` in Postgres's binary format, as `array_recv` of the server reads it. As text, an array of bytes would be a string of
 * twice its size, which is copied several times on its way to the connection.
 */
export function binaryArray(elements: readonly (Uint8Array | null)[]): Buffer {
  const size = elements.reduce((sum, element) => sum + 4 + (element?.byteLength ?? 0), HEADER_BYTES);
  const array = Buffer.allocUnsafe(size);
  const header = [1, Number(elements.includes(null)), BYTEA, elements.length, 1];
  let at = 0;
  for (const field of header) at = array.writeInt32BE(field, at);
  for (const element of elements) {
    at = array.writeInt32BE(element?.byteLength ?? -1, at);
    if (element === null) continue;
    array.set(element, at);
    at += element.byteLength;
  }
  return array;
}
