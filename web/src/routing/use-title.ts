import { createContext, useContext, useEffect } from 'react';

/** Tells screen readers the title of a new page. */
export const AnnounceContext = createContext<(title: string) => void>(() => {});

/** Sets the document's title while the page is shown; undefined while it loads. */
export function useTitle(title: string | undefined): void {
  const announce = useContext(AnnounceContext);
  useEffect(() => {
    if (title === undefined) return;
    document.title = title === '' ? 'Marquee' : `${title} · Marquee`;
    announce(document.title);
  }, [title, announce]);
}
