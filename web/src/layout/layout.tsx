import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { AnnounceContext } from '../routing/use-title.ts';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';

/** The frame of every page. A new page starts at its top, with the focus on its content. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const [announcement, setAnnouncement] = useState('');
  const announce = useCallback((title: string) => setAnnouncement(title), []);
  const shown = useRef(path);
  const isTraversal = useRef(false);
  useEffect(() => {
    const onPopState = () => {
      isTraversal.current = true;
    };
    addEventListener('popstate', onPopState);
    return () => removeEventListener('popstate', onPopState);
  }, []);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
    // The browser restores the position of a page that the viewer goes back to.
    if (!isTraversal.current) scrollTo({ top: 0, behavior: 'instant' });
    isTraversal.current = false;
  }, [path]);
  return (
    <AnnounceContext value={announce}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Footer />
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
    </AnnounceContext>
  );
}
