import { useState } from 'react';
import { choosePalette } from '../poster/palettes.ts';
import { pick, seededRandom } from '../poster/random.ts';

const GENRES = ['Science Fiction', 'Drama', 'Romance', 'Crime', 'Fantasy', 'Action'] as const;

function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /^\p{L}/u.test(word));
  const [first = '', ...rest] = words.map((word) => [...word][0] ?? '');
  return (first + (rest.at(-1) ?? '')).toLocaleUpperCase();
}

/** A person's portrait: TMDb's where there is one and it loads, or else their initials. */
export function Portrait({ name, url }: { readonly name: string; readonly url: string | null }) {
  const [failed, setFailed] = useState<string>();
  if (url !== null && url !== failed) {
    return <img className="portrait" src={url} alt="" loading="lazy" decoding="async" onError={() => setFailed(url)} />;
  }
  const random = seededRandom(name);
  const { ground, ink, accents } = choosePalette(random, pick(random, GENRES));
  return (
    <svg
      className="portrait"
      viewBox="0 0 100 100"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      focusable="false"
    >
      <rect x="-50" y="-50" width="200" height="200" fill={ground} />
      <circle cx={20 + random() * 60} cy={20 + random() * 30} r={30 + random() * 16} fill={accents[0]} opacity="0.85" />
      <circle cx={10 + random() * 80} cy={88} r={30 + random() * 20} fill={accents[1]} opacity="0.7" />
      <text className="poster-title" x="50" y="63" fontSize="40" textAnchor="middle" fill={ink}>
        {initialsOf(name)}
      </text>
    </svg>
  );
}
