/** Apostrophes, primes and their like: nobody types the one that a title has. */
const APOSTROPHES = "'’‘‛ʼʻʽʹʾʿˈ′‵`´ꞌ׳״՚";

/** Signs that compatibility decomposition makes letters or blanks of, and characters that show nothing. */
const DROPPED =
  '™®©℠¨¸˙\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\u3164\\ufe00-\\ufe0f\\ufeff';

/**
 * Marks that are written or left out at will: accents of Latin, Greek and Cyrillic, Hebrew points, Arabic harakat and tatweel, Syriac vowels.
 * Vowel signs, tone marks and viramas of Indic and South-East Asian scripts are part of their words.
 */
const MARKS =
  '\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670\\u06d6-\\u06ed\\u0711\\u0730-\\u074a\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff';

/** Letters of which scripts that share them use one or the other, and the final sigma. */
const LETTERS = ['ςىیکةۀہھٱ', 'σيي\u0643هههها'] as const;

/** Zeros of the scripts that have digits of their own, ten in a row. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0, 0x1040];
const DIGITS = [
  ZEROS.map((zero) => Array.from({ length: 10 }, (_, digit) => String.fromCodePoint(zero + digit)).join('')).join(''),
  '0123456789'.repeat(ZEROS.length),
] as const;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The collation whose classes are Unicode's on every machine: its `[:punct:]` has symbols too. */
const UNICODE = 'collate "pg_c_utf8"';

/**
 * Text as it is compared, but for its punctuation: in lower case, without accents, compatibility forms as what they stand for, a fraction
 * and a superscript apart from the number or word before it, "&" as "and", and acronyms without dots. Declared immutable though `unaccent` is only
 * stable: its rules file does not change under a running server.
 */
const SPELLED_TEXT = `
  create function spelled_text(value text) returns text language plpgsql immutable strict parallel safe as $$
  declare
    spelled text := value;
  begin
    if octet_length(value) <> length(value) then
      spelled := regexp_replace(spelled, '[${DROPPED}]', '', 'g');
      spelled := translate(spelled, ${quoted(APOSTROPHES)}, '');
      spelled := regexp_replace(spelled, '([^[:space:]])(?=[¼-¾⅐-⅞↉])' ${UNICODE}, '\\1 ', 'g');
      spelled := regexp_replace(spelled, '([[:alnum:]])(?=[²³¹⁰-⁹₀-₉])' ${UNICODE}, '\\1-', 'g');
      spelled := lower(normalize(spelled, nfkd) ${UNICODE});
      spelled := regexp_replace(spelled, '[${MARKS}]', '', 'g');
      spelled := public.unaccent('public.unaccent'::regdictionary, normalize(spelled, nfc));
      spelled := translate(spelled, ${quoted(LETTERS[0] + DIGITS[0])}, ${quoted(LETTERS[1] + DIGITS[1])});
    end if;
    spelled := translate(lower(spelled ${UNICODE}), ${quoted(APOSTROPHES)}, '');
    spelled := regexp_replace(spelled, '&|(?<=[[:space:]])[+](?=[[:space:]])' ${UNICODE}, ' and ', 'g');
    return regexp_replace(spelled, '\\m([[:alpha:]])[.*·•](?=[[:alpha:]]\\M)' ${UNICODE}, '\\1', 'g');
  end
  $$`;

/**
 * SQL function that folds names, titles and queries so that they can be compared: their words in lower case, separated by blanks. Text
 * without a letter or digit becomes its symbols without blanks, or '' when it has none of those either.
 */
const FOLDED_TEXT = `
  create function folded_text(value text) returns text language plpgsql immutable strict parallel safe as $$
  declare
    folded text := btrim(regexp_replace(spelled_text(value), '[[:punct:][:space:][:cntrl:]]+' ${UNICODE}, ' ', 'g'));
  begin
    if folded <> '' then
      return folded;
    end if;
    return regexp_replace(normalize(value, nfkc), '[[:space:][:cntrl:]${DROPPED}${MARKS}]+' ${UNICODE}, '', 'g');
  end
  $$`;

/** SQL function, true when folded text has a word; else it is symbols, which are compared only as a whole. */
const HAS_WORD = `
  create function has_word(folded text) returns boolean language sql immutable strict parallel safe
  return folded ~ '[^[:punct:]]' ${UNICODE}`;

/** The longest word that is told from others, in characters. */
const LONGEST_WORD = 200;

/** Words that text is found by: those that punctuation parts, and those that blanks part, so that "spiderman" finds "Spider-Man". */
const WORDS_OF = `
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
        regexp_replace(spelled_text(value), '[[:punct:][:cntrl:]]+' ${UNICODE}, '', 'g'), '[[:space:]]+' ${UNICODE}, ' ', 'g'
      ));
      if joined <> folded then
        words := words || string_to_array(joined, ' ');
      end if;
    end if;
    return array(select distinct left(word, ${LONGEST_WORD}) from unnest(words) word where word <> '');
  end
  $$`;

/** Words between others that a title may have as a sign, in another language or not at all. */
const CONJUNCTIONS = ['and', 'und', 'et', 'y', 'e', 'og', 'och', 'en'];

/** More words than this are looked for as they are written, and not joined. */
const MOST_JOINED = 8;

/**
 * The words of a text as a query of words: all of them, the last also unfinished; or with two neighbours written as one, or with what punctuation
 * parts written as one, or with single letters written as one. Null where the text has nothing to look for.
 */
const WORDS_QUERY = `
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
    if size > 2 and words[2:size - 1] && ${quoted(`{${CONJUNCTIONS.join(',')}}`)}::text[] then
      variants := variants || array_to_string(words[1] || array(
        select word from unnest(words[2:size - 1]) with ordinality listed (word, place)
        where word <> all (${quoted(`{${CONJUNCTIONS.join(',')}}`)}::text[]) order by place
      ) || words[size], ' ');
    end if;
    if size between 2 and ${MOST_JOINED} then
      variants := variants || array(
        select array_to_string(words[1:place - 1] || (words[place] || words[place + 1]) || words[place + 2:size], ' ')
        from generate_series(1, size - 1) place
      ) || regexp_replace(folded, '\\m([[:alpha:]]) (?=[[:alpha:]]\\M)' ${UNICODE}, '\\1', 'g')
        || btrim(regexp_replace(
          regexp_replace(spelled_text(value), '[[:punct:][:cntrl:]]+' ${UNICODE}, '', 'g'), '[[:space:]]+' ${UNICODE}, ' ', 'g'
        ));
    end if;
    return (
      select string_agg('(' || wanted.query || last || ')', ' | ' order by wanted.query)::tsquery
      from (
        select distinct (
          select string_agg('''' || replace(replace(left(word, ${LONGEST_WORD}), '\\', '\\\\'), '''', '''''') || '''', ' & ' order by place)
          from unnest(string_to_array(variant, ' ')) with ordinality listed (word, place)
        ) as query
        from unnest(variants) variant where variant <> ''
      ) wanted
    );
  end
  $$`;

/** Lengths of names and titles that are told apart by each letter; trigrams do for longer ones. */
const SPELLED = { least: 3, most: 14 } as const;

/**
 * Folded text as one word, and each text that has one letter less (https://github.com/wolfgarbe/SymSpell): two texts have one in common
 * when a letter of one is missing, added, another, or swapped with its neighbour in the other. A leading article does not count. It calls no
 * function of the schema, so that an index can be built by it, for which Postgres sets the search path aside.
 */
const SPELLINGS_OF = `
  create function spellings_of(folded text) returns text[] language plpgsql immutable strict parallel safe as $$
  declare
    word text := replace(regexp_replace(folded, '^(the|an|a) (?=.)', ''), ' ', '');
    size integer := length(word);
  begin
    if size not between ${SPELLED.least} and ${SPELLED.most} or word !~ '[^[:punct:]]' ${UNICODE} then
      return '{}';
    end if;
    return array(
      select distinct left(word, place - 1) || substr(word, place + 1) from generate_series(1, size + 1) place
    );
  end
  $$`;

/** The functions that text is searched with, in SQL. As they stand in migrations that were released, they do not change. */
export const SEARCH_TEXT_FUNCTIONS: readonly string[] = [
  SPELLED_TEXT,
  FOLDED_TEXT,
  HAS_WORD,
  WORDS_OF,
  WORDS_QUERY,
  SPELLINGS_OF,
];

export const DROP_SEARCH_TEXT_FUNCTIONS =
  'drop function spellings_of(text), words_query(text, boolean), words_of(text), has_word(text), folded_text(text), spelled_text(text)';

/** A name that shows something, in SQL: not blanks alone, of any kind. */
export function showsSomething(column: string): string {
  return `${column} ~ '[^[:space:][:cntrl:]\\u00ad\\u034f\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]' ${UNICODE}`;
}
