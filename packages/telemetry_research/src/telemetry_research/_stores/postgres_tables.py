"""The tables of the PostgreSQL store, and the steps to them from those of older versions."""

# The number of a step never changes; 1 and 2 are of version 0.1, and 20 is of version 0.2.0.
MIGRATIONS = {
    1: """
    CREATE TABLE crucible_experiments (
        experiment_id text PRIMARY KEY, description json NOT NULL);
    CREATE TABLE crucible_sources (
        experiment_id text NOT NULL, source text NOT NULL, next bigint NOT NULL,
        hash text NOT NULL, PRIMARY KEY (experiment_id, source));
    CREATE TABLE crucible_events (
        experiment_id text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL,
        sequence bigint NOT NULL,
        host text, pid bigint, name text NOT NULL, timestamp_us bigint NOT NULL,
        monotonic_ns bigint NOT NULL, condition text, item_id text, repeat bigint, thread text,
        task text, span_id bigint, parent_id bigint, duration_ns bigint, cost_usd double precision,
        input_tokens bigint, output_tokens bigint, success boolean, model text, error_type text,
        probability double precision NOT NULL, attributes text NOT NULL,
        PRIMARY KEY (experiment_id, source, sequence));
    """,
    2: "CREATE INDEX crucible_events_by_time ON crucible_events (experiment_id, timestamp_us);",
    # jsonb refuses the zero character; U+FDD0 and a 0 stand for it. The hashes of events that were
    # text cannot be computed from jsonb: their source begins a new chain behind that prefix.
    20: r"""
    ALTER TABLE crucible_events ALTER COLUMN attributes TYPE jsonb
        USING regexp_replace(attributes, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufdd00', 'g')::jsonb;
    CREATE INDEX crucible_events_by_name ON crucible_events (experiment_id, name);
    CREATE INDEX crucible_events_by_attributes ON crucible_events
        USING gin (attributes jsonb_path_ops);
    CREATE TABLE crucible_batches (
        experiment_id text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL,
        next bigint NOT NULL, hash text NOT NULL, PRIMARY KEY (experiment_id, source, next));
    INSERT INTO crucible_batches
        SELECT experiment_id, source, next, 'text:' || hash FROM crucible_sources WHERE next > 0;
    DROP TABLE crucible_sources;
    CREATE TABLE crucible_descriptions (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        experiment_id text COLLATE "C" NOT NULL, description json NOT NULL);
    CREATE INDEX crucible_descriptions_by_id ON crucible_descriptions (experiment_id, number);
    """,
}
UNCHECKED = "text:"  # begins the hash of events that an older version wrote

# Others may write meanwhile; a change of the table waits. It needs no more than the right to read.
KEEP_AS_IT_IS = "LOCK TABLE crucible_events IN ACCESS SHARE MODE"

# Rows are only inserted, so that a writer needs no right to change any.
NEW_EXPERIMENT = "INSERT INTO crucible_experiments VALUES ($1, $2) ON CONFLICT DO NOTHING"
NEW_DESCRIPTION = """
    INSERT INTO crucible_descriptions (experiment_id, description) VALUES ($1, $2)"""
NEW_BATCH = "INSERT INTO crucible_batches VALUES ($1, $2, $3, $4)"
LAST_BATCH = """
    SELECT next, hash FROM crucible_batches WHERE experiment_id = $1 AND source = $2
    ORDER BY next DESC LIMIT 1"""
BATCHES = """
    SELECT source, next, hash FROM crucible_batches WHERE experiment_id = $1
    ORDER BY source, next"""
DESCRIPTIONS = """
    SELECT coalesce(
        (SELECT newer.description FROM crucible_descriptions AS newer
         WHERE newer.experiment_id = registered.experiment_id ORDER BY newer.number DESC LIMIT 1),
        registered.description) AS description
    FROM crucible_experiments AS registered"""
# Tables of version 0.1 can be read before their owner converts them.
OLD_BATCHES = """
    SELECT source, next, 'text:' || hash AS hash FROM crucible_sources WHERE experiment_id = $1"""
OLD_DESCRIPTIONS = "SELECT description FROM crucible_experiments"
OF_EXPERIMENT = " WHERE experiment_id = $1"
COUNT = "SELECT count(*) FROM crucible_events WHERE experiment_id = $1"
PRUNE = "DELETE FROM crucible_events WHERE experiment_id = $1 AND timestamp_us < $2"
