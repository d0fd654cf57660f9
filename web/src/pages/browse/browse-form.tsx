import type { ReactNode } from 'react';
import { languageName } from '../../text/format.ts';
import { type BrowseFilter, type FilterName, ORDERS } from './browse-filter.ts';

/** Languages with many movies. */
const LANGUAGES = ['en', 'fr', 'de', 'es', 'it', 'ja', 'ko', 'zh', 'cn', 'hi', 'pt', 'ru', 'sv', 'da', 'pl', 'tr'];

interface BrowseFormProps {
  readonly filter: BrowseFilter;
  readonly onChange: (name: FilterName, value: string) => void;
}

function Choice({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is a child.
    <label className="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

/** The filters of the list, each of which the address has too. */
export function BrowseForm({ filter, onChange }: BrowseFormProps) {
  const year = (name: 'from' | 'to', label: string) => (
    <Choice label={label}>
      <input
        key={filter[name] ?? ''}
        type="text"
        inputMode="numeric"
        pattern="\d{4}"
        maxLength={4}
        placeholder={name === 'from' ? '1920' : String(new Date().getFullYear())}
        defaultValue={filter[name] ?? ''}
        onBlur={({ target }) => {
          if (target.value !== (filter[name] ?? '') && target.checkValidity()) onChange(name, target.value);
        }}
      />
    </Choice>
  );
  return (
    <form
      className="filters"
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault();
        // A field takes its value when it loses the focus.
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      }}
    >
      <Choice label="Sort by">
        <select value={filter.sort ?? 'popular'} onChange={({ target }) => onChange('sort', target.value)}>
          {Object.entries(ORDERS).map(([key, { name }]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </Choice>
      {year('from', 'From year')}
      {year('to', 'To year')}
      <Choice label="Votes">
        <select value={filter.rating ?? ''} onChange={({ target }) => onChange('rating', target.value)}>
          <option value="">Any</option>
          {[5, 6, 7, 8].map((least) => (
            <option key={least} value={least}>
              {least} or better
            </option>
          ))}
        </select>
      </Choice>
      <Choice label="Length">
        <select value={filter.runtime ?? ''} onChange={({ target }) => onChange('runtime', target.value)}>
          <option value="">Any</option>
          {[90, 120, 150].map((most) => (
            <option key={most} value={most}>
              Up to {most} min
            </option>
          ))}
        </select>
      </Choice>
      <Choice label="Original language">
        <select value={filter.language ?? ''} onChange={({ target }) => onChange('language', target.value)}>
          <option value="">Any</option>
          {LANGUAGES.map((code) => (
            <option key={code} value={code}>
              {languageName(code)}
            </option>
          ))}
        </select>
      </Choice>
      <button type="submit" className="visually-hidden">
        Apply
      </button>
    </form>
  );
}
