import type { PersonQuery } from '../../generated/graphql.ts';
import { formatDate } from '../../text/format.ts';

interface PersonFactsProps {
  readonly person: NonNullable<PersonQuery['person']>;
}

export function PersonFacts({ person }: PersonFactsProps) {
  const { birthday, deathday, placeOfBirth, alsoKnownAs, homepage, imdbId } = person;
  return (
    <dl className="facts wide">
      {birthday !== null && (
        <div>
          <dt>Born</dt>
          <dd>{[formatDate(birthday), placeOfBirth].filter(Boolean).join(', ')}</dd>
        </div>
      )}
      {deathday !== null && (
        <div>
          <dt>Died</dt>
          <dd>{formatDate(deathday)}</dd>
        </div>
      )}
      {alsoKnownAs.length > 0 && (
        <div>
          <dt>Also known as</dt>
          <dd>{alsoKnownAs.slice(0, 6).join(', ')}</dd>
        </div>
      )}
      {(imdbId !== null || homepage !== null) && (
        <div>
          <dt>Elsewhere</dt>
          <dd>
            {imdbId !== null && (
              <a href={`https://www.imdb.com/name/${imdbId}/`} rel="noreferrer">
                IMDb
              </a>
            )}
            {homepage !== null && /^https?:\/\//.test(homepage) && (
              <>
                {' '}
                <a href={homepage} rel="noreferrer">
                  Web site
                </a>
              </>
            )}
          </dd>
        </div>
      )}
    </dl>
  );
}
