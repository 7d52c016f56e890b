-- Boards, gains and comparison over the tables of `papers.py`. Everything here is claimed in the
-- abstract, not measured by anyone else. docs/boards.md tells the rules.

-- Units that can be brought together: `scale` is what their numbers are turned into, by `factor`.
create or replace view known_units as
from (
    values
        ('%', '%', 1), ('\%', '%', 1), ('%.', '%', 1), ('％', '%', 1), ('percent', '%', 1), ('per cent', '%', 1),
        ('per-cent', '%', 1), ('pct', '%', 1),
        ('percentage', '%', 1), ('percentage points', '%', 1), ('percentage point', '%', 1), ('pp', '%', 1),
        ('fraction', '%', 100), ('proportion', '%', 100), ('probability', '%', 100),
        ('0-1', '%', 100), ('[0,1]', '%', 100), ('[0, 1]', '%', 100), ('(0-1)', '%', 100), ('of 1', '%', 100),
        ('ns', 's', 1e-9), ('nanosecond', 's', 1e-9), ('nanoseconds', 's', 1e-9),
        ('us', 's', 1e-6), ('µs', 's', 1e-6), ('μs', 's', 1e-6), ('microseconds', 's', 1e-6),
        ('ms', 's', 1e-3), ('msec', 's', 1e-3), ('millisecond', 's', 1e-3), ('milliseconds', 's', 1e-3),
        ('s', 's', 1), ('sec', 's', 1), ('secs', 's', 1), ('second', 's', 1), ('seconds', 's', 1),
        ('min', 's', 60), ('mins', 's', 60), ('minute', 's', 60), ('minutes', 's', 60),
        ('h', 's', 3600), ('hr', 's', 3600), ('hrs', 's', 3600), ('hour', 's', 3600), ('hours', 's', 3600),
        ('day', 's', 86400), ('days', 's', 86400),
        ('kb', 'MB', 1e-3), ('mb', 'MB', 1), ('gb', 'MB', 1e3), ('tb', 'MB', 1e6),
        ('mm', 'm', 1e-3), ('cm', 'm', 1e-2), ('m', 'm', 1), ('km', 'm', 1e3),
        ('db', 'dB', 1), ('decibel', 'dB', 1), ('decibels', 'dB', 1),
        ('fps', 'fps', 1), ('frames/s', 'fps', 1), ('frames/sec', 'fps', 1), ('frames/second', 'fps', 1),
        ('frames per second', 'fps', 1),
        ('x', 'x', 1), ('X', 'x', 1), ('×', 'x', 1), ('times', 'x', 1), ('fold', 'x', 1), ('-fold', 'x', 1),
        ('thousand', 'million', 1e-3), ('M', 'million', 1), ('million', 'million', 1), ('B', 'million', 1e3),
        ('billion', 'million', 1e3)
) as units (unit, scale, factor);

-- A unit as it is looked up there: a single letter keeps its case (M is not m).
create or replace macro unit_spelling(said) as
    case when length(trim(said)) > 1 then lower(trim(said)) else nullif(trim(said), '') end;

-- What a paper lends its claims: method and link, as far as the text bears them out, and its first task.
create or replace view lent_values as
select
    extraction_id, method as paper_method,
    if(len(list_filter(unverified_because, lambda doubt: starts_with(doubt, 'method:'))) = 0, method, null)
        as method,
    if(len(list_filter(unverified_because, lambda doubt: starts_with(doubt, 'code_url:'))) = 0, code_url, null)
        as code_url
from all_records;

create or replace view first_tasks as
select extraction_id, min_by(name, position) as name from all_tasks where verified group by extraction_id;

-- True where a unit is only the metric's own name, or a part of it: 61.4 F1, 0.93 Dice score.
create or replace macro bare_letters(text) as regexp_replace(lower(text), '[^[:alnum:]]+', '', 'g');
create or replace macro names_metric(said, metric) as
    length(bare_letters(said)) > 1
    and (
        contains(bare_letters(metric), bare_letters(said)) or contains(bare_letters(said), bare_letters(metric))
    );

-- Every claim with canonical names (what the macro canonical_name says, joined: five times as quick) and
-- with what its paper lends it: the task where it names none (`task_from_paper`), the method, the link.
-- What the text does not bear out is lent to nobody.
create or replace view board_claims as
with general as (
    select kind, printed, max(canonical) as canonical from names where paper_id is null group by all
),
own as (
    select kind, printed, paper_id, max(canonical) as canonical from names where paper_id is not null group by all
),
printed as (
    select
        c.* replace (coalesce(c.task, t.name) as task, coalesce(c.method, l.method) as method),
        c.task is null and t.name is not null as task_from_paper,
        l.paper_method, l.code_url, e.paper_id, e.title, e.published
    from all_claims c
    join current_extractions e using (extraction_id)
    left join lent_values l using (extraction_id)
    left join first_tasks t using (extraction_id)
)
select
    p.paper_id, p.title, p.published, p.extraction_id, p.position,
    coalesce(own_dataset.canonical, any_dataset.canonical, p.dataset) as dataset,
    coalesce(own_metric.canonical, any_metric.canonical, p.metric) as metric,
    coalesce(own_task.canonical, any_task.canonical, p.task) as task,
    p.task_from_paper,
    coalesce(own_method.canonical, any_method.canonical, p.method) as method,
    coalesce(own_baseline.canonical, any_baseline.canonical, p.baseline) as baseline,
    coalesce(own_papers.canonical, any_papers.canonical, p.paper_method) as paper_method,
    p.dataset as printed_dataset, p.metric as printed_metric,
    p.value, p.value_high, p.baseline_value, p.unit, p.kind, p.direction, p.quote, p.code_url,
    p.verified, p.found_by
from printed p
left join general any_dataset on any_dataset.kind = 'dataset' and any_dataset.printed = p.dataset
left join general any_metric on any_metric.kind = 'metric' and any_metric.printed = p.metric
left join general any_task on any_task.kind = 'task' and any_task.printed = p.task
left join general any_method on any_method.kind = 'method' and any_method.printed = p.method
left join general any_baseline on any_baseline.kind = 'method' and any_baseline.printed = p.baseline
left join general any_papers on any_papers.kind = 'method' and any_papers.printed = p.paper_method
left join own own_dataset
    on own_dataset.kind = 'dataset' and own_dataset.printed = p.dataset and own_dataset.paper_id = p.paper_id
left join own own_metric
    on own_metric.kind = 'metric' and own_metric.printed = p.metric and own_metric.paper_id = p.paper_id
left join own own_task
    on own_task.kind = 'task' and own_task.printed = p.task and own_task.paper_id = p.paper_id
left join own own_method
    on own_method.kind = 'method' and own_method.printed = p.method and own_method.paper_id = p.paper_id
left join own own_baseline
    on own_baseline.kind = 'method' and own_baseline.printed = p.baseline and own_baseline.paper_id = p.paper_id
left join own own_papers
    on own_papers.kind = 'method' and own_papers.printed = p.paper_method and own_papers.paper_id = p.paper_id;

-- A number, a range, with its unit, as a person reads it: 91.2 %, 1.3-2 x, -12 to -14 %.
create or replace macro number_text(number) as format('{:.10g}', number);
create or replace macro signed_text(sign, value, high, unit) as
    sign || number_text(value)
    || coalesce(if(sign = '' and value >= 0, '-', ' to ' || sign) || number_text(high), '')
    || coalesce(' ' || unit, '');
create or replace macro value_text(value, high, unit) as signed_text('', value, high, unit);

-- How much a gain is, as a person reads it: 2.3x, +3.1 points, -12 %. A ratio has no sign.
create or replace macro gain_text(kind, direction, value, high, unit) as
    case
        when kind = 'ratio' and lower(coalesce(unit, 'x')) in ('x', 'times', 'fold', '-fold')
            then value_text(value, high, null) || 'x'
        when kind = 'ratio' then value_text(value, high, unit)
        else signed_text(
            if(value >= 0, case direction when 'increase' then '+' when 'decrease' then '-' else '' end, ''),
            value, high, coalesce(unit, if(kind = 'relative_change', '%', null))
        )
    end;

-- Which way of a metric is better on a board: by the table, else by the papers' own claims about this
-- metric on this dataset, the more papers decide; null where they are as many.
create or replace view board_directions as
with listed as (
    select metric, min(direction) as direction from metric_directions group by metric
),
said as (
    select
        dataset, metric,
        count(distinct paper_id) filter (direction = 'increase') as up,
        count(distinct paper_id) filter (direction = 'decrease') as down
    from board_claims
    where dataset is not null and metric is not null and verified
    group by all
)
select
    dataset, metric,
    case
        when listed.direction in ('up', 'down') then if(listed.direction = 'up', 'higher', 'lower')
        when up <> down then if(up > down, 'higher', 'lower')
        else 'unknown'
    end as better,
    case
        when listed.direction in ('up', 'down') then 'table'
        when up <> down then 'claims'
    end as better_from
from said
left join listed using (metric);

-- The rows of boards before they are ranked. `whose` is 'own' or 'baseline': a number that a paper quotes of
-- what it compares with, be it beside a result of its own or in a claim of its own. `given` is the scale of the
-- printed unit: null where none is printed, or only the metric's own name, or a word that says as little.
create or replace macro board_rows(on_dataset, on_metric, on_task, since, with_unverified, with_baselines) as table
with chosen as (
    select *
    from board_claims
    where dataset is not null and metric is not null
      and coalesce(kind, 'absolute') in ('absolute', 'qualitative')
      and (verified or with_unverified)
      and means('dataset', dataset, on_dataset)
      and means('metric', metric, on_metric)
      and means('task', task, on_task)
      and (since is null or published >= since)
),
compared as (
    select
        extraction_id,
        list(distinct baseline) as beaten,
        list(distinct method) filter (baseline is not null) as beating
    from board_claims
    where verified
    group by extraction_id
),
told as (
    select
        c.* exclude (value, value_high),
        if(coalesce(kind, '') <> 'qualitative', value, null) as value,
        if(coalesce(kind, '') <> 'qualitative', value_high, null) as value_high,
        if(
            method is distinct from paper_method
            and list_contains(beaten, method) and not coalesce(list_contains(beating, method), false),
            'baseline', 'own'
        ) as whose
    from chosen c
    left join compared using (extraction_id)
    union all by name
    select
        * exclude (value, value_high, baseline_value, method, baseline),
        baseline as method, baseline_value as value, 'baseline' as whose
    from chosen
    where with_baselines
      and baseline is not null and baseline_value is not null and coalesce(kind, 'absolute') = 'absolute'
),
measured as (
    select
        t.* exclude (value, value_high),
        if(isfinite(value), value, null) as value,
        if(isfinite(value_high), value_high, null) as value_high,
        k.scale as known, coalesce(k.factor, 1) as factor,
        case
            when k.scale is not null or t.unit is null then false
            else
                names_metric(t.unit, metric) or names_metric(t.unit, printed_metric)
                or (metric, t.unit) in (select (n.canonical, n.printed) from names n where n.kind = 'metric')
        end as is_metrics_name
    from told t
    left join known_units k on k.unit = unit_spelling(t.unit)
)
select
    * exclude (known, is_metrics_name),
    case
        when known is not null then known
        when is_metrics_name or lower(trim(unit)) in ('points', 'point', 'pts', 'score', 'ratio') then null
        else unit_spelling(unit)
    end as given,
    if(is_metrics_name, null, unit) as told_unit
from measured;

-- The same rows, each value turned into the scale of its unit; what one paper says twice is one row. A plain
-- number is in the metric's customary unit, if it has one: `scale` is '' where it has none. Of a metric that is
-- customarily in percent it may be a fraction, or neither: then `scale` is null. `main` is the scale that is
-- ranked: that of most rows; of as many, the customary one, then a printed one, then plain numbers, then
-- percents; null where that leaves two.
create or replace macro board_scores(on_dataset, on_metric, on_task, since, with_unverified, with_baselines) as table
with customary as (
    select d.metric, any_value(coalesce(k.scale, d.unit)) as usual
    from metric_directions d
    left join known_units k on k.unit = unit_spelling(d.unit)
    group by d.metric
),
beside as (
    select
        r.*, coalesce(usual, '') as usual,
        greatest(abs(value), abs(coalesce(value_high, value))) as size,
        bool_or(given is not null and given = '%' and factor = 1) over board_of as has_percents,
        bool_or(given is null and value is not null and abs(value) > 1) over board_of as has_large,
        max(abs(value)) over board_of as largest
    from board_rows(on_dataset, on_metric, on_task, since, with_unverified, with_baselines) r
    left join customary using (metric)
    window board_of as (partition by dataset, metric)
),
scaled as (
    select
        * replace (
            case
                when given is not null then factor
                when usual <> '%' or has_percents or has_large then 1
                else 100
            end as factor
        ),
        case
            when given = '%' and factor = 100 and size > 1 then null
            when given is not null then given
            when usual = '%' and (has_percents or has_large) and value <> 0 and (abs(value) <= 1 or size > 100)
                then null
            else usual
        end as scale
    from beside
),
scored as (
    select
        *,
        round(value * factor, 12) as score,
        round(coalesce(value_high, value) * factor, 12) as score_high
    from scaled
    qualify row_number() over (
        partition by paper_id, dataset, metric, method, task, whose, scale, score, score_high
        order by verified desc, given is null, position
    ) = 1
),
weighed as (
    select
        dataset, metric, scale,
        4 * count(*) + case scale when '' then 1 when any_value(usual) then 3 when '%' then 0 else 2 end as weight
    from scored
    where whose = 'own' and value is not null and scale is not null
    group by dataset, metric, scale
),
mains as (
    select dataset, metric, if(count(*) filter (weight = top) = 1, max_by(scale, weight), null) as main
    from (select *, max(weight) over (partition by dataset, metric) as top from weighed)
    group by dataset, metric
)
select s.*, main
from scored s
left join mains using (dataset, metric);

-- Claims on their boards. A board is a dataset and a metric. Own results are ranked, the best first, equal
-- scores share a rank; then come those that cannot be ranked (`note` says why), then those without a number,
-- and, where they are asked for, the quoted baselines. `on_task` and `since` narrow who is ranked;
-- `on_method` and `top` narrow what is shown.
create or replace macro board(
    on_dataset := null, on_metric := null, on_task := null, on_method := null, since := null,
    with_unverified := false, with_baselines := false, top := null
) as table
with directed as (
    select
        s.* replace (
            case
                when better = 'higher' then least(score, score_high)
                when better = 'lower' then greatest(score, score_high)
                else score
            end as score
        ),
        coalesce(better, 'unknown') as better, better_from,
        scale = '%' and usual = '%' and better = 'higher' and score_high > 100 as is_too_much,
        value is not null and scale = main and not coalesce(is_too_much, false) as is_comparable
    from board_scores(on_dataset, on_metric, on_task, since, with_unverified, with_baselines) s
    left join board_directions using (dataset, metric)
),
ranked as (
    select
        *,
        case better when 'higher' then -score when 'lower' then score end as place,
        if(
            whose = 'own' and better <> 'unknown' and is_comparable,
            rank() over (
                partition by dataset, metric, whose, coalesce(is_comparable, false)
                order by case better when 'higher' then -score when 'lower' then score end
            ),
            null
        ) as rank,
        case
            when value is null then null
            when scale is null then
                'unit unclear: ' || value_text(value, value_high, null)
                || case
                    when given is not null then ' is no fraction'
                    when size <= 1 then ' may be a fraction'
                    else ' is above 100 %'
                end
            when main is null then 'units differ: nothing tells which to rank'
            when scale <> main then
                if(given is null, 'no unit', 'in ' || scale) || ': not ranked among ' || if(main = '', 'plain numbers', main)
            when is_too_much then 'above 100 %: not ranked'
            when value_high is not null then 'a range: its lesser end counts'
            when given is null and scale = '%' and has_percents then 'no unit: taken as %'
            when scale = '' and abs(value) < 1 and largest between 1 and 100 and better = 'higher' then
                'no unit: may be a fraction among larger numbers'
        end as note
    from directed
),
lined as (
    select
        *,
        row_number() over (
            partition by dataset, metric
            order by
                whose desc, rank nulls last, value is null, place nulls last, method nulls last, title, paper_id,
                position
        ) as line
    from ranked
    where (whose = 'own' or with_baselines)
      and means('method', method, on_method)
)
select
    rank, dataset, metric, method, value_text(value, value_high, told_unit) as result, value, value_high, unit,
    if(is_comparable, score, null) as score, nullif(scale, '') as scale, note,
    task, task_from_paper, title, published, code_url, baseline, baseline_value,
    baseline || coalesce(' ' || value_text(baseline_value, null, told_unit), '') as over, quote, verified,
    whose, better, better_from, printed_dataset, printed_metric, paper_id, position, found_by
from lined
where top is null or line <= top
order by dataset, metric, line;

create or replace view leaderboard as from board();

create or replace view quoted_baselines as from board(with_baselines := true) where whose = 'baseline';

-- The boards: how many rows and papers each has, and who is first. Nobody is where the direction is unknown.
create or replace macro boards_of(
    on_dataset := null, on_metric := null, on_task := null, on_method := null, since := null, with_unverified := false
) as table
select
    dataset, metric, count(*) as rows, count(distinct paper_id) as papers, better,
    string_agg(distinct method, '; ' order by method) filter (rank = 1) as best_method,
    first(result order by title, paper_id, position) filter (rank = 1) as best,
    first(value order by title, paper_id, position) filter (rank = 1) as best_value,
    first(unit order by title, paper_id, position) filter (rank = 1) as unit,
    count(rank) as ranked, better_from
from board(
    on_dataset := on_dataset, on_metric := on_metric, on_task := on_task, on_method := on_method, since := since,
    with_unverified := with_unverified
)
group by dataset, metric, better, better_from
order by rows desc, dataset, metric;

create or replace view boards as from boards_of();

-- Who claims how much over whom: ratios, relative changes and differences.
create or replace macro gains_of(
    on_dataset := null, on_metric := null, on_task := null, on_method := null, since := null, with_unverified := false
) as table
select
    metric, dataset, baseline, method,
    gain_text(kind, direction, value, value_high, unit) as gain,
    kind, value, value_high, unit, baseline_value, direction, task, task_from_paper, title, published, code_url,
    quote, verified, paper_id, position, found_by
from board_claims
where kind in ('ratio', 'relative_change', 'difference')
  and value is not null
  and (verified or with_unverified)
  and means('dataset', dataset, on_dataset)
  and means('metric', metric, on_metric)
  and means('task', task, on_task)
  and means('method', method, on_method)
  and (since is null or published >= since)
order by
    metric nulls last, dataset nulls last, baseline nulls last, kind, unit nulls last, value desc,
    method nulls last, title, paper_id, position;

create or replace view gains as from gains_of();

-- What a claim says in a few words: accuracy 91.2 % on MarshBench.
create or replace macro result_text(metric, value, high, unit, dataset) as concat_ws(
    ' ', metric, value_text(value, high, if(names_metric(unit, metric), null, unit)), 'on ' || dataset
);

-- What a gain says in a few words: accuracy +3.1 points on MarshBench over Osier; the quote, without a metric.
create or replace macro gained_text(metric, kind, direction, value, high, unit, dataset, baseline, quote) as if(
    metric is null or value is null, quote,
    concat_ws(
        ' ', metric, gain_text(kind, direction, value, high, unit), 'on ' || dataset, 'over ' || baseline
    )
);

-- Papers side by side: what the text bears out, and how many values it does not.
create or replace macro comparison_of(on_task := null, with_unverified := false) as table
with tasks_of as (
    select
        extraction_id, min_by(canonical_name('task', name, paper_id), position) as task,
        bool_or(means('task', canonical_name('task', name, paper_id), on_task)) as is_meant
    from tasks
    where verified or with_unverified
    group by extraction_id
),
named as (
    select extraction_id, 'dataset' as kind, canonical_name('dataset', name, paper_id) as name, min(position) as position
    from datasets
    where verified or with_unverified
    group by all
    union all
    select extraction_id, 'metric' as kind, canonical_name('metric', name, paper_id) as name, min(position) as position
    from metrics
    where verified or with_unverified
    group by all
),
names_of as (
    select
        extraction_id,
        list(name order by position) filter (kind = 'dataset') as datasets,
        list(name order by position) filter (kind = 'metric') as metrics
    from named
    group by extraction_id
),
said as (
    select
        extraction_id,
        list(result_text(metric, value, value_high, unit, dataset) order by position)
            filter (coalesce(kind, 'absolute') = 'absolute' and value is not null) as results,
        list(gained_text(metric, kind, direction, value, value_high, unit, dataset, baseline, quote) order by position)
            filter (kind in ('ratio', 'relative_change', 'difference')) as gains
    from board_claims
    where verified or with_unverified
    group by extraction_id
)
select
    e.title, t.task, if(with_unverified, r.method, l.method) as method,
    coalesce(n.datasets, []) as datasets, coalesce(n.metrics, []) as metrics,
    coalesce(s.results, []) as results, coalesce(s.gains, []) as gains,
    if(with_unverified, r.code_url, l.code_url) as code_url, e.published,
    len(w.unverified) as unverified, e.paper_id
from current_extractions e
join all_records r using (extraction_id)
join lent_values l using (extraction_id)
join records w on w.id = e.paper_id
left join tasks_of t using (extraction_id)
left join names_of n using (extraction_id)
left join said s using (extraction_id)
where on_task is null or t.is_meant
order by e.title, e.paper_id;

create or replace view comparison as from comparison_of();

-- Methods side by side: each with the papers that claim something for it, the one that presents it among them.
create or replace macro method_comparison_of(on_task := null, with_unverified := false) as table
with presented as (
    select
        e.paper_id, e.title, -1 as position, if(with_unverified, r.method, l.method) as method, t.name as task,
        if(with_unverified, r.code_url, l.code_url) as code_url
    from current_extractions e
    join all_records r using (extraction_id)
    join lent_values l using (extraction_id)
    left join first_tasks t using (extraction_id)
),
told as (
    select * replace (canonical_name('method', method, paper_id) as method, canonical_name('task', task, paper_id) as task)
    from presented
    union all by name
    select
        paper_id, title, position, method, task, dataset, metric, baseline, code_url,
        if(
            coalesce(kind, 'absolute') = 'absolute', result_text(metric, value, value_high, unit, dataset), null
        ) as result,
        if(
            kind in ('ratio', 'relative_change', 'difference'),
            gained_text(metric, kind, direction, value, value_high, unit, dataset, baseline, quote), null
        ) as gain
    from board_claims
    where verified or with_unverified
)
select
    method,
    list(distinct title order by title) as titles,
    coalesce(list(distinct task order by task) filter (task is not null), []) as tasks,
    coalesce(list(distinct dataset order by dataset) filter (dataset is not null), []) as datasets,
    coalesce(list(distinct metric order by metric) filter (metric is not null), []) as metrics,
    coalesce(list(result order by title, position) filter (result is not null), []) as results,
    coalesce(list(gain order by title, position) filter (gain is not null), []) as gains,
    coalesce(list(distinct baseline order by baseline) filter (baseline is not null), []) as baselines,
    coalesce(list(distinct code_url order by code_url) filter (code_url is not null), []) as code_urls,
    list(distinct paper_id order by paper_id) as paper_ids
from told
where method is not null
  and means('task', task, on_task)
group by method
order by method;

create or replace view method_comparison as from method_comparison_of();
