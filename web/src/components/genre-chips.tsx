import { Link } from 'wouter';
import { withParameters } from '../routing/paths.ts';

/** Genres as links to their movies. */
export function GenreChips({ genres }: { readonly genres: readonly { readonly id: string; readonly name: string }[] }) {
  return genres.map(({ id, name }) => (
    <li key={id}>
      <Link className="chip" href={withParameters('/browse', { genre: id })}>
        {name}
      </Link>
    </li>
  ));
}
