/** The columns of a person `p`, by the names of the domain. */
export const PERSON_COLUMNS = `
  p.id, p.tmdb_id as "tmdbId", p.name, p.original_name as "originalName", p.gender,
  p.known_for_department as "knownForDepartment", p.profile_path as "profilePath", p.popularity, p.adult`;
