import { useState } from 'react';

const KEY = 'marquee-theme';

type Theme = 'light' | 'dark';

function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Switches between light and dark, and stores the choice for `theme.js`. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  const change = () => {
    document.documentElement.dataset.theme = other;
    try {
      localStorage.setItem(KEY, other);
    } catch {
      // Storage is blocked: the choice lasts as long as the page.
    }
    setTheme(other);
  };
  return (
    <button type="button" className="icon-button" onClick={change} aria-label={`Use ${other} colours`}>
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {theme === 'dark' ? (
          <path d="M12 4V1m0 22v-3m8-8h3M1 12h3m13.700-5.700 2.100-2.100M4.200 19.800l2.100-2.100m0-11.400L4.200 4.200m15.600 15.600-2.100-2.100M12 7.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9z" />
        ) : (
          <path d="M20.500 14.500A8.500 8.500 0 0 1 9.500 3.500a8.500 8.500 0 1 0 11 11z" />
        )}
      </svg>
    </button>
  );
}
