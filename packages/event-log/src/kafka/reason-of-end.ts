/** Resolves with the reason of a consumer's end; undefined when `closing` is aborted before. */
export async function reasonOfEnd(ended: PromiseWithResolvers<unknown>, closing: AbortSignal): Promise<unknown> {
  const onClosing = () => ended.resolve(undefined);
  closing.addEventListener('abort', onClosing, { once: true });
  const reason = await ended.promise;
  closing.removeEventListener('abort', onClosing);
  return reason;
}
