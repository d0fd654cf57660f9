/** A plugin of Apollo Server that changes nothing. */
// biome-ignore lint/style/noDefaultExport: the gateway takes plugins from the default export.
export default {
  async requestDidStart() {
    return { async willSendResponse() {} };
  },
};
