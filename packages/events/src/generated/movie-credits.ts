/* Generated from schemas/movie-credits.v1.json by `npm run generate`; do not edit. */

/**
 * Cast and crew of a movie, as TMDb returned them at ce_time. A list is empty when TMDb has nobody.
 */
export interface MovieCredits {
  /**
   * The movie's opaque id: its TMDb number as text, or a UUID for a movie that a client created. Equals the record's key and ce_subject.
   */
  movieId: string;
  /**
   * Cast; a person occurs once for each character.
   */
  cast: CastCredit[];
  /**
   * Crew; a person occurs once for each job.
   */
  crew: CrewCredit[];
}
/**
 * A part played in the movie.
 */
export interface CastCredit {
  /**
   * TMDb's id of the credit; one person has one for each character or job.
   */
  creditId: string;
  /**
   * TMDb's number of the part within the movie.
   */
  castId: number | null;
  /**
   * Name of the character.
   */
  character: string | null;
  /**
   * Position in the billing, from 0.
   */
  order: number;
  person: CreditedPerson;
}
/**
 * A person as a credit lists them.
 */
export interface CreditedPerson {
  /**
   * The person's opaque id: the TMDb number as text.
   */
  id: string;
  /**
   * TMDb's number; null for an entity that does not come from TMDb.
   */
  tmdbId: number | null;
  /**
   * Name by which the person is credited.
   */
  name: string;
  /**
   * Name in the person's own language.
   */
  originalName: string | null;
  /**
   * Gender; null when TMDb has none.
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
   * True for a person known for pornographic movies.
   */
  adult: boolean;
}
/**
 * A job done for the movie.
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
