/* Generated from schemas/movie-credits.v1.json by `npm run generate`; do not edit. */

/**
 * Cast and crew of a film, as TMDb told them at ce_time. A list that is empty says that TMDb knows nobody.
 */
export interface MovieCredits {
  /**
   * The film's opaque id: its TMDb number as text, or a UUID for a film that a client created. Equals the record's key and ce_subject.
   */
  movieId: string;
  /**
   * Cast; the same person may stand in it several times, once for each character.
   */
  cast: CastCredit[];
  /**
   * Crew; the same person may stand in it several times, once for each job.
   */
  crew: CrewCredit[];
}
/**
 * A part played in the film.
 */
export interface CastCredit {
  /**
   * TMDb's id of the credit; one person has one for each character or job.
   */
  creditId: string;
  /**
   * TMDb's number of the part within the film.
   */
  castId: number | null;
  /**
   * Name of the character.
   */
  character: string | null;
  /**
   * Place in the billing, from 0.
   */
  order: number;
  person: CreditedPerson;
}
/**
 * A person as a credit shows them.
 */
export interface CreditedPerson {
  /**
   * The person's opaque id: the TMDb number as text.
   */
  id: string;
  /**
   * The number TMDb gives it; null when it does not come from TMDb.
   */
  tmdbId: number | null;
  /**
   * Name the person is credited by.
   */
  name: string;
  /**
   * Name in the person's own language.
   */
  originalName: string | null;
  /**
   * Gender, where TMDb knows it.
   */
  gender: 'FEMALE' | 'MALE' | 'NON_BINARY' | null;
  /**
   * Department the person is best known for, for example Acting.
   */
  knownForDepartment: string | null;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  profilePath: string | null;
  /**
   * TMDb's popularity score of the person.
   */
  popularity: number | null;
  /**
   * Whether the person is known for pornographic films.
   */
  adult: boolean;
}
/**
 * A job done for the film.
 */
export interface CrewCredit {
  /**
   * TMDb's id of the credit; one person has one for each character or job.
   */
  creditId: string;
  /**
   * Department, for example Writing.
   */
  department: string;
  /**
   * Job within the department, for example Screenplay.
   */
  job: string;
  person: CreditedPerson;
}
