-- Names for search: folded, and their words. 1,000,000 persons take one to two minutes, in which reads continue and writes wait.

-- migrate:up

-- Normalises text for comparison but keeps its punctuation: lower case, no accents, compatibility forms, "&" as "and", acronyms without
-- dots, fractions and superscripts separated from the number or word before them. Declared immutable although `unaccent` is stable: its
-- rules file does not change while a server runs.
--
-- In order, it removes signs that decomposition would turn into letters or spaces, and invisible characters; removes apostrophes, primes
-- and the like; separates fractions and superscripts; removes optional marks (accents of Latin, Greek and Cyrillic, Hebrew points, Arabic
-- harakat and tatweel, Syriac vowels, but not the vowel signs, tone marks and viramas of Indic and South-East Asian scripts); and maps
-- variant letters, the final sigma and the digits of 13 scripts to one form. The collation "pg_c_utf8" has the same character classes on
-- every machine, and its [:punct:] includes symbols.
create function spelled_text(value text) returns text language plpgsql immutable strict parallel safe as $$
declare
  spelled text := value;
begin
  if octet_length(value) <> length(value) then
    spelled := regexp_replace(spelled, '[™®©℠¨¸˙\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff]', '', 'g');
    spelled := translate(spelled, '''’‘‛ʼʻʽʹʾʿˈ′‵`´ꞌ׳״՚', '');
    spelled := regexp_replace(spelled, '([^[:space:]])(?=[¼-¾⅐-⅞↉])' collate "pg_c_utf8", '\1 ', 'g');
    spelled := regexp_replace(spelled, '([[:alnum:]])(?=[²³¹⁰-⁹₀-₉])' collate "pg_c_utf8", '\1-', 'g');
    spelled := lower(normalize(spelled, nfkd) collate "pg_c_utf8");
    spelled := regexp_replace(spelled, '[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]', '', 'g');
    spelled := public.unaccent('public.unaccent'::regdictionary, normalize(spelled, nfc));
    spelled := translate(spelled, 'ςىیکةۀہھٱ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯੦੧੨੩੪੫੬੭੮੯૦૧૨૩૪૫૬૭૮૯௦௧௨௩௪௫௬௭௮௯౦౧౨౩౪౫౬౭౮౯೦೧೨೩೪೫೬೭೮೯൦൧൨൩൪൫൬൭൮൯๐๑๒๓๔๕๖๗๘๙໐໑໒໓໔໕໖໗໘໙၀၁၂၃၄၅၆၇၈၉', 'σييكهههها0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789');
  end if;
  spelled := translate(lower(spelled collate "pg_c_utf8"), '''’‘‛ʼʻʽʹʾʿˈ′‵`´ꞌ׳״՚', '');
  spelled := regexp_replace(spelled, '&|(?<=[[:space:]])[+](?=[[:space:]])' collate "pg_c_utf8", ' and ', 'g');
  return regexp_replace(spelled, '\m([[:alpha:]])[.*·•](?=[[:alpha:]]\M)' collate "pg_c_utf8", '\1', 'g');
end
$$;

-- Folds names, titles and queries for comparison: lower-case words separated by spaces. Text without letters and digits becomes its symbols
-- without spaces, or '' when it has none.
create function folded_text(value text) returns text language plpgsql immutable strict parallel safe as $$
declare
  folded text := btrim(regexp_replace(spelled_text(value), '[[:punct:][:space:][:cntrl:]]+' collate "pg_c_utf8", ' ', 'g'));
begin
  if folded <> '' then
    return folded;
  end if;
  return regexp_replace(normalize(value, nfkc), '[[:space:][:cntrl:]™®©℠¨¸˙\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+' collate "pg_c_utf8", '', 'g');
end
$$;

-- True when folded text has a word; other text is symbols, which are compared as a whole.
create function has_word(folded text) returns boolean language sql immutable strict parallel safe
return folded ~ '[^[:punct:]]' collate "pg_c_utf8";

-- Returns the words that text is found by, cut to 200 characters: those separated by punctuation and those separated by spaces alone, so that
-- "spiderman" finds "Spider-Man".
create function words_of(value text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  folded text := folded_text(value);
  joined text;
  words text[];
begin
  if folded = '' then
    return '{}';
  end if;
  words := string_to_array(folded, ' ');
  if has_word(folded) then
    joined := btrim(regexp_replace(
      regexp_replace(spelled_text(value), '[[:punct:][:cntrl:]]+' collate "pg_c_utf8", '', 'g'), '[[:space:]]+' collate "pg_c_utf8", ' ', 'g'
    ));
    if joined <> folded then
      words := words || string_to_array(joined, ' ');
    end if;
  end if;
  return array(select distinct left(word, 200) from unnest(words) word where word <> '');
end
$$;

-- Returns a text search query for all words of a text, the last one as a prefix unless `finished`; null when there is nothing to search for.
-- Variants leave out conjunctions between other words ("and", "und", "et" ...), join two neighbours, join single letters, or join what
-- punctuation separates. Texts of more than 8 words are not joined.
create function words_query(value text, finished boolean default false) returns tsquery
language plpgsql immutable strict parallel safe as $$
declare
  folded text := folded_text(value);
  words text[] := string_to_array(folded, ' ');
  last text := case when finished or not has_word(folded) then '' else ':*' end;
  variants text[];
  size integer := cardinality(words);
begin
  if folded = '' then
    return null;
  end if;
  variants := array[folded];
  if size > 2 and words[2:size - 1] && '{and,und,et,y,e,og,och,en}'::text[] then
    variants := variants || array_to_string(words[1] || array(
      select word from unnest(words[2:size - 1]) with ordinality listed (word, place)
      where word <> all ('{and,und,et,y,e,og,och,en}'::text[]) order by place
    ) || words[size], ' ');
  end if;
  if size between 2 and 8 then
    variants := variants || array(
      select array_to_string(words[1:place - 1] || (words[place] || words[place + 1]) || words[place + 2:size], ' ')
      from generate_series(1, size - 1) place
    ) || regexp_replace(folded, '\m([[:alpha:]]) (?=[[:alpha:]]\M)' collate "pg_c_utf8", '\1', 'g')
      || btrim(regexp_replace(
        regexp_replace(spelled_text(value), '[[:punct:][:cntrl:]]+' collate "pg_c_utf8", '', 'g'), '[[:space:]]+' collate "pg_c_utf8", ' ', 'g'
      ));
  end if;
  return (
    select string_agg('(' || wanted.query || last || ')', ' | ' order by wanted.query)::tsquery
    from (
      select distinct (
        select string_agg('''' || replace(replace(left(word, 200), '\', '\\'), '''', '''''') || '''', ' & ' order by place)
        from unnest(string_to_array(variant, ' ')) with ordinality listed (word, place)
      ) as query
      from unnest(variants) variant where variant <> ''
    ) wanted
  );
end
$$;

-- Returns folded text as one word, and each text with one letter less (https://github.com/wolfgarbe/SymSpell): two texts that share a
-- result differ by one letter missing, added, replaced or swapped with its neighbour. Ignores a leading article, and texts not of 3 to 14
-- letters: trigrams suffice for longer ones. Calls no function of the schema, since Postgres empties the search path to build an index.
create function spellings_of(folded text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  word text := replace(regexp_replace(folded, '^(the|an|a) (?=.)', ''), ' ', '');
  size integer := length(word);
begin
  if size not between 3 and 14 or word !~ '[^[:punct:]]' collate "pg_c_utf8" then
    return '{}';
  end if;
  return array(
    select distinct left(word, place - 1) || substr(word, place + 1) from generate_series(1, size + 1) place
  );
end
$$;

-- A table of its own, so that it is written only when a name changes and persons are read while it is filled. `popular`: a popularity of 1
-- or more, 1 to 2 % of all persons.
create table person_names (
  person_id text collate "C" primary key references persons on delete cascade,
  popular boolean not null,
  name text not null,
  words tsvector not null
) with (fillfactor = 90);

create function keep_name() returns trigger language plpgsql as $$
begin
  insert into person_names as kept select
    new.id, coalesce(new.popularity, 0) >= 1, folded_text(new.name),
    array_to_tsvector(case when new.original_name is null or new.original_name = new.name then words_of(new.name)
      else words_of(new.name) || words_of(new.original_name) end)
  on conflict (person_id) do update set popular = excluded.popular, name = excluded.name, words = excluded.words;
  return null;
end
$$;

create trigger name_inserted after insert on persons for each row execute function keep_name();

create trigger name_updated after update of name, original_name, popularity on persons
  for each row when (
    old.name <> new.name or old.original_name is distinct from new.original_name
    or (coalesce(old.popularity, 0) >= 1) <> (coalesce(new.popularity, 0) >= 1)
  ) execute function keep_name();

-- Fire for replicated writes too.
alter table persons enable always trigger name_inserted;
alter table persons enable always trigger name_updated;

-- The triggers hold a lock against writes until the commit, so no row is missed.
insert into person_names select
  p.id, coalesce(p.popularity, 0) >= 1, folded_text(p.name),
  array_to_tsvector(case when p.original_name is null or p.original_name = p.name then words_of(p.name)
    else words_of(p.name) || words_of(p.original_name) end)
from persons p;

create index person_names_by_word on person_names using gin (words);
create index popular_person_names_by_word on person_names using gin (words) where popular;

-- A hash index: names have no greatest length.
create index person_names_by_name on person_names using hash (name);
create index popular_person_names_by_spelling on person_names using gin (spellings_of(name)) where popular;
analyze person_names;

-- migrate:down

drop trigger name_updated on persons;
drop trigger name_inserted on persons;
drop table person_names;
drop function keep_name();
drop function spellings_of(text), words_query(text, boolean), words_of(text), has_word(text), folded_text(text), spelled_text(text);
