import { useState } from 'react';
import { PosterArt, type PosterFacts } from '../poster/poster-art.tsx';

/** A movie's poster: TMDb's where there is one and it loads, or else a drawn one. */
export function Poster({
  posterUrl,
  eager = false,
  ...facts
}: PosterFacts & { posterUrl: string | null; eager?: boolean }) {
  const [failed, setFailed] = useState<string>();
  if (posterUrl === null || posterUrl === failed) return <PosterArt {...facts} />;
  return (
    <img
      className="poster-image"
      src={posterUrl}
      alt=""
      width="342"
      height="513"
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
      onError={() => setFailed(posterUrl)}
    />
  );
}
