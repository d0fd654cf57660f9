#!/bin/bash
# Run once, by the image, before the server listens to anybody: for each subgraph the role that owns its schema, the role that reads and
# writes its rows, the schema, and the extensions that its migrations use. What else the roles may do is granted by the migrations.
for secrets in /run/secrets/roles/*; do
  psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -v schema="${secrets##*/}" -v database="$POSTGRES_DB" -v secrets="$secrets" <<'SQL'
\set owner `cat :secrets/owner/username`
\set owner_password `cat :secrets/owner/password`
\set runtime `cat :secrets/runtime/username`
\set runtime_password `cat :secrets/runtime/password`
begin;
create role :"owner" login password :'owner_password';
create role :"runtime" login password :'runtime_password';
create schema :"schema" authorization :"owner";
alter role :"owner" in database :"database" set search_path = :"schema", public;
alter role :"runtime" in database :"database" set search_path = :"schema", public;
create extension if not exists pg_trgm schema public;
create extension if not exists unaccent schema public;
revoke temporary on database :"database" from public;
commit;
SQL
done
