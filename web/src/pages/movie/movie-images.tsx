import { Section } from '../../components/section.tsx';
import type { PageMovie } from './page-movie.ts';

interface MovieImagesProps {
  readonly movie: PageMovie;
  readonly isPending: boolean;
}

export function MovieImages({ movie: { images, title }, isPending }: MovieImagesProps) {
  if (!images) return isPending ? <div className="section pending pending-block" /> : null;
  if (images.edges.length === 0) return null;
  return (
    <Section title="Images" aside={<span className="count">{images.totalCount}</span>}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll a list that has the focus (WCAG 2.1.1). */}
      <ul className="images" aria-label="Images" tabIndex={0}>
        {images.edges.map(({ node: { path, kind, url, original, aspectRatio } }, index) => (
          <li key={path}>
            <a href={original} target="_blank" rel="noreferrer">
              <img
                src={url}
                alt={`${kind === 'POSTER' ? 'Poster' : 'Backdrop'} ${index + 1} of ${title}`}
                loading="lazy"
                decoding="async"
                height="200"
                width={Math.round(200 * (aspectRatio ?? 1.78))}
              />
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
