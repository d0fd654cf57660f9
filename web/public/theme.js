// Applies the stored theme before the first paint. A module would be deferred until after it.
try {
  const theme = localStorage.getItem('marquee-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme applies.
}
