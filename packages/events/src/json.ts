const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Returns the value of a record as JSON text and as data, or the reason why it is not JSON, in one line. */
export function parseJson(
  value: Buffer,
): { readonly json: string; readonly data: unknown } | { readonly reason: string } {
  try {
    const json = utf8.decode(value);
    return { json, data: JSON.parse(json) };
  } catch (error) {
    return { reason: notJson(error) };
  }
}

/** The parser's own message quotes the text around the fault: keep it to one short line. */
function notJson(error: unknown): string {
  if (!(error instanceof SyntaxError)) return 'the value is not UTF-8 text';
  const line = error.message.replaceAll(/\p{C}+/gu, ' ').slice(0, 200);
  return `the value is not JSON: ${line}`;
}
