-- The trace in which each change was made, which its event continues: `traceparent` and `tracestate` of
-- https://www.w3.org/TR/trace-context/.

-- migrate:up

alter table outbox add column trace jsonb;

-- migrate:down

alter table outbox drop column trace;
