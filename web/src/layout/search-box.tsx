import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { useLocation, useSearchParams } from 'wouter';
import { Portrait } from '../components/portrait.tsx';
import { Poster } from '../components/poster.tsx';
import { SuggestionsDocument, type SuggestionsQuery } from '../generated/graphql.ts';
import { moviePath, personPath, withParameters } from '../routing/paths.ts';
import { yearOf } from '../text/format.ts';
import { useDebounced } from './use-debounced.ts';

const DEBOUNCE_MS = 150;
/** The longest query that the gateway accepts. */
const MAX_CHARACTERS = 200;

type Suggestion =
  | { readonly kind: 'movie'; readonly movie: SuggestionsQuery['searchMovies']['edges'][number]['node'] }
  | { readonly kind: 'person'; readonly person: SuggestionsQuery['searchPeople']['edges'][number]['node'] };

function suggestionsOf(data: SuggestionsQuery | undefined): readonly Suggestion[] {
  if (data === undefined) return [];
  return [
    ...data.searchMovies.edges.map(({ node }) => ({ kind: 'movie' as const, movie: node })),
    ...data.searchPeople.edges.map(({ node }) => ({ kind: 'person' as const, person: node })),
  ];
}

const pathOf = (suggestion: Suggestion): string =>
  suggestion.kind === 'movie' ? moviePath(suggestion.movie) : personPath(suggestion.person);

/** Searches movies and people as the viewer types (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). */
export function SearchBox() {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [path, navigate] = useLocation();
  const [parameters] = useSearchParams();
  const [text, setText] = useState(() => (path === '/search' ? (parameters.get('q') ?? '') : ''));
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const query = useDebounced(text.trim(), DEBOUNCE_MS);
  const [{ data, fetching, error }] = useQuery({
    query: SuggestionsDocument,
    variables: { query },
    pause: query === '' || !isOpen,
    requestPolicy: 'cache-first',
  });
  const suggestions = query === '' || query !== text.trim() ? [] : suggestionsOf(data);
  const isShown =
    isOpen && query !== '' && (suggestions.length > 0 || (!fetching && data !== undefined) || error !== undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the list.
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  const go = (target: string) => {
    setOpen(false);
    setActive(-1);
    navigate(target);
  };
  const submit = () => {
    if (text.trim() !== '') go(withParameters('/search', { q: text.trim() }));
  };
  const choose = (suggestion: Suggestion) => {
    setText('');
    go(pathOf(suggestion));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = suggestions[active];
    if (event.key === 'Escape') {
      setOpen(false);
      setActive(-1);
    } else if (event.key === 'Enter' && isShown && chosen !== undefined) {
      event.preventDefault();
      choose(chosen);
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && suggestions.length > 0) {
      event.preventDefault();
      setOpen(true);
      const count = suggestions.length + 1;
      // One place between the ends of the list is the text itself.
      setActive(((active + 1 + (event.key === 'ArrowDown' ? 1 : count - 1) + count) % count) - 1);
    }
  };

  return (
    <search className="search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label className="visually-hidden" htmlFor={`${id}-input`}>
          Search movies and people
        </label>
        <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
          <path d="M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zm4.800 11.300L21 21" />
        </svg>
        <input
          ref={input}
          id={`${id}-input`}
          type="search"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={`${id}-list`}
          aria-activedescendant={isShown && active >= 0 ? `${id}-${active}` : undefined}
          placeholder="Search movies and people"
          autoComplete="off"
          spellCheck="false"
          maxLength={MAX_CHARACTERS}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setActive(-1);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
        <span className="search-key" aria-hidden="true">
          /
        </span>
      </form>
      <div className="suggestions" hidden={!isShown}>
        <div id={`${id}-list`} role="listbox" aria-label="Suggestions">
          {suggestions.map((suggestion, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox handles keys for its options.
            <div
              key={pathOf(suggestion)}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              className="suggestion"
              // The input keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onMouseEnter={() => setActive(index)}
              onClick={() => choose(suggestion)}
            >
              {suggestion.kind === 'movie' ? (
                <>
                  <span className="suggestion-picture">
                    <Poster {...suggestion.movie} />
                  </span>
                  <span className="suggestion-name">{suggestion.movie.title}</span>
                  <span className="suggestion-note">{yearOf(suggestion.movie.releaseDate)}</span>
                </>
              ) : (
                <>
                  <span className="suggestion-picture round">
                    <Portrait name={suggestion.person.name} url={suggestion.person.profileUrl} />
                  </span>
                  <span className="suggestion-name">{suggestion.person.name}</span>
                  <span className="suggestion-note">{suggestion.person.knownForDepartment}</span>
                </>
              )}
            </div>
          ))}
        </div>
        {suggestions.length === 0 && (
          <p className="suggestion-none">{error ? 'The search failed.' : `Nothing matches “${query}”.`}</p>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {isShown && !fetching ? `${suggestions.length} suggestions` : ''}
      </p>
    </search>
  );
}
