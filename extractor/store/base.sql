-- The tables that every database has, whatever its schema. No keys: the one writer keeps rows single,
-- and a key would double the size of large tables and the time to fill them. Times are UTC, costs US dollars.

create table if not exists schemas (
    name varchar, version varchar, reference varchar, json_schema varchar, views varchar,
    extractor_version varchar, added_at timestamp
);
create table if not exists papers (
    paper_id varchar, title varchar, authors varchar[], published date, venue varchar, url varchar,
    source varchar, line integer, added_at timestamp, language varchar
);
create table if not exists paper_sources (paper_id varchar, source varchar, line integer);
create table if not exists paper_ids (alias varchar, paper_id varchar);
create table if not exists texts (text_id varchar, paper_id varchar, title varchar, abstract varchar);
create table if not exists runs (
    run_id varchar, started_at timestamp, ended_at timestamp, status varchar, source varchar,
    schema_name varchar, provider varchar, model varchar, papers integer, extracted integer,
    failed integer, skipped integer, from_cache integer, input_tokens bigint, output_tokens bigint,
    cached_tokens bigint, cost double, seconds double
);
create table if not exists run_papers (
    run_id varchar, paper_id varchar, extraction_id varchar, outcome varchar, from_cache boolean
);
create table if not exists responses (
    fingerprint varchar, text varchar, model varchar, finish_reason varchar, attempts integer,
    input_tokens bigint, output_tokens bigint, cached_tokens bigint, cost double, completion varchar,
    completed_by varchar, answered_at timestamp, leads varchar[]
);
create table if not exists extractions (
    extraction_id varchar, text_id varchar, fingerprint varchar, schema_name varchar,
    schema_version varchar, provider varchar, model varchar, extractor_version varchar,
    created_at timestamp
);
create table if not exists evidence (
    extraction_id varchar, table_name varchar, position integer, field_path varchar, item integer,
    match varchar, text_field varchar, "start" integer, "end" integer
);
create table if not exists failures (
    run_id varchar, paper_id varchar, text_id varchar, fingerprint varchar, reason varchar,
    message varchar, paid boolean, raw_text varchar, model varchar, attempts integer,
    input_tokens bigint, output_tokens bigint, cost double, failed_at timestamp
);
-- What printed names mean: the row without a paper holds everywhere, one with a paper in that paper, whose own
-- text says what an acronym stands for. `canonical` is one spelling for all names that are one; `key` is what
-- tells which are. `direction` is up or down, null where neither is better or none is known.
create table if not exists names (
    kind varchar, printed varchar, paper_id varchar, canonical varchar, key varchar
);
create table if not exists metric_directions (metric varchar, direction varchar, unit varchar);
create table if not exists name_lists (version varchar);
alter table runs add column if not exists cached_tokens bigint;
alter table runs add column if not exists cost double;
alter table responses add column if not exists cost double;
alter table responses add column if not exists leads varchar[];
alter table failures add column if not exists cost double;
alter table papers add column if not exists language varchar;
insert into paper_sources
select paper_id, source, line from papers
where source is not null and not exists (from paper_sources);

-- Each paper's extraction that counts: by newest schema version, then by kind of model (a large model,
-- the embedded one, rules; fake never), then newest. `set variable run_id = '...'` or
-- `set variable model = '...'` chooses a run or a model instead.
create or replace view current_extractions as
select e.*, t.paper_id, p.title, p.published
from extractions e
join texts t using (text_id)
join papers p using (paper_id)
join schemas s on s.name = e.schema_name and s.version = e.schema_version
where (getvariable('model') is null or e.model = getvariable('model'))
  and (
    getvariable('run_id') is null
    or e.extraction_id in (select r.extraction_id from run_papers r where r.run_id = getvariable('run_id'))
  )
  and (e.provider <> 'fake' or getvariable('model') is not null or getvariable('run_id') is not null)
qualify row_number() over (
    partition by t.paper_id
    order by
        s.added_at desc,
        case e.provider when 'embedded' then 1 when 'rules' then 2 else 0 end,
        e.created_at desc,
        e.extraction_id
) = 1;

create or replace view run_list as
select
    run_id, started_at, status, model, extracted + failed as papers, failed, skipped, from_cache,
    input_tokens, output_tokens, cached_tokens, cost,
    round((extracted + failed) / nullif(seconds, 0), 2) as papers_a_second, seconds, source
from runs
order by run_id desc;

-- The canonical name of what a paper prints; the name itself where none is known. A column that is given to a
-- macro is looked for in its tables first: so theirs are renamed, and `printed` may be given as `printed`.
create or replace macro canonical_name(kind_of, name, paper) as coalesce(
    (
        select max(its_canonical)
        from names as its_names (its_kind, its_printed, its_paper, its_canonical, its_key)
        where its_kind = kind_of and its_printed = name and its_paper = paper
    ),
    (
        select max(its_canonical)
        from names as its_names (its_kind, its_printed, its_paper, its_canonical, its_key)
        where its_kind = kind_of and its_printed = name and its_paper is null
    ),
    name
);

-- True where a canonical name is the one that is wanted by any of its names; all are where none is wanted.
-- Where a name is written just as the wanted one, its case counts (mAP is not MAP), else no case does.
create or replace macro means(kind_of, name, wanted) as wanted is null or name = wanted or name in (
    select its_canonical
    from names as its_names (its_kind, its_printed, its_paper, its_canonical, its_key)
    where its_kind = kind_of
        and (lower(its_printed) = lower(wanted) or lower(its_canonical) = lower(wanted) or its_key = wanted)
    qualify wanted in (its_printed, its_canonical) = bool_or(wanted in (its_printed, its_canonical)) over ()
);
