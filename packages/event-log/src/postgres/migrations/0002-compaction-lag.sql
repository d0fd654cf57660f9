-- The time for which a compacted topic keeps a record that a later one of its key replaces, as Kafka's min.compaction.lag.ms.

-- migrate:up

alter table event_log.topics add column compaction_lag_ms integer not null default 0;

-- migrate:down

alter table event_log.topics drop column compaction_lag_ms;
