/** Loaded into each measured server (`node --import`): sends the process's resource usage to the bench over IPC. */
process.on('message', ({ ask }: { readonly ask: string }) => {
  if (ask !== 'usage') return;
  const { user, system } = process.cpuUsage();
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  process.send?.({ ask, cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss(), peakRssBytes });
});
// The channel alone keeps no process alive.
process.channel?.unref();
