import { Link, useLocation } from 'wouter';
import { useSession } from '../session/session.tsx';
import { SearchBox } from './search-box.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

function Brand() {
  return (
    <Link className="brand" href="/" aria-label="Marquee, home">
      <span className="bulbs" aria-hidden="true" />
      <span className="brand-name">Marquee</span>
    </Link>
  );
}

const PLACES = [
  ['/browse', 'Browse'],
  ['/charts/top-rated', 'Charts'],
] as const;

export function Header() {
  const [path] = useLocation();
  const { viewer } = useSession();
  const current = (href: string) => (path.startsWith(href.split('/').slice(0, 2).join('/')) ? 'page' : undefined);
  return (
    <header className="header">
      <Brand />
      <nav aria-label="Main">
        {PLACES.map(([href, name]) => (
          <Link key={href} href={href} aria-current={current(href)}>
            {name}
          </Link>
        ))}
        <Link href="/ratings" aria-current={current('/ratings')}>
          {viewer ? 'Your ratings' : 'Sign in'}
        </Link>
      </nav>
      <SearchBox />
      <ThemeSwitch />
    </header>
  );
}
