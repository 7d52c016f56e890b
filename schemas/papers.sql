-- Boards, gains and comparison over the tables of `papers.py`. Everything here is claimed in the
-- abstract, not measured by anyone else.

-- One spelling of a printed name, for putting equal names together: case, blanks and punctuation are
-- folded. A plus sign stays (COCO+), and mAP is not MAP.
create or replace macro folded(name) as
    case
        when name is null then null
        when regexp_matches(name, '^mAP') then 'mean ap' || lower(regexp_replace(substr(name, 4), '[^[:alnum:]+]', '', 'g'))
        else lower(regexp_replace(name, '[^[:alnum:]+]', '', 'g'))
    end;

-- Whether more or less of a metric is better: by its name, null where that does not tell.
create or replace macro metric_direction(metric) as
    case
        when regexp_matches(
            metric,
            '(?i)\b(error|errors|loss|perplexity|ppl|wer|cer|eer|mae|rmse|mse|nmse|fid|fvd|kid|lpips|nfes?|latency|runtime|'
            || 'time|memory|flops|macs|cost|costs|parameters|energy|regret|distance|bpd|nll|false positives?|'
            || 'number of function evaluations|fréchet inception distance|frechet inception distance)\b'
        ) then 'decrease'
        when regexp_matches(
            metric,
            '(?i)\b(accuracy|acc|accuracies|f1|f-1|f-score|f-measure|f1-score|precision|recall|auc|auroc|auprc|ap|map|miou|iou|'
            || 'dice|bleu|rouge|meteor|cider|psnr|ssim|score|exact match|em|ndcg|mrr|hits?|pass@\d+|fps|throughput|speed|'
            || 'correlation|spearman|pearson|kappa|success rate|win rate|reward|return|inception score|is|pck|pq|hota|mota)\b'
        ) then 'increase'
    end;

-- Numbered claims with all that a board needs. Where a claim names no task the paper's primary task
-- stands in, and `task_from_paper` says so.
create or replace view board_claims as
select
    c.paper_id, c.title, c.extraction_id, c.position, c.dataset, c.metric,
    coalesce(c.task, t.name) as task,
    c.task is null and t.name is not null as task_from_paper,
    coalesce(c.method, r.method) as method,
    c.value, c.value_high, c.unit, c.baseline, c.baseline_value, c.kind, c.direction, c.quote,
    r.code_url, p.published, c.verified, c.unverified_because, c.found_by
from claims c
join papers p using (paper_id)
join all_records r using (extraction_id)
left join all_tasks t on t.extraction_id = c.extraction_id and t.position = 0
where c.value is not null;

-- Claims ranked on their boards. A board is a dataset and a metric; task narrows it. Equal values share
-- a rank. Where the direction of a metric is unknown there is no rank. Percents are not ranked among other
-- numbers: 91% and 0.95 of one metric are two boards.
create or replace macro board(
    on_dataset := null, on_metric := null, on_task := null, with_unverified := false
) as table
    with chosen as (
        select
            *,
            coalesce(
                metric_direction(metric),
                max(direction) over same_board,
                'unknown'
            ) as better,
            coalesce(unit, '') = '%' as in_percent
        from board_claims
        where dataset is not null
          and metric is not null
          and coalesce(kind, 'absolute') = 'absolute'
          and (verified or with_unverified)
          and (on_dataset is null or folded(dataset) = folded(on_dataset))
          and (on_metric is null or folded(metric) = folded(on_metric))
          and (on_task is null or folded(task) = folded(on_task))
        window same_board as (partition by folded(dataset), folded(metric))
    )
    select
        case
            when better = 'increase' then rank() over (best_first_high)
            when better = 'decrease' then rank() over (best_first_low)
        end as rank,
        min(dataset) over same_board as dataset,
        min(metric) over same_board as metric,
        method, value, value_high, unit, task, task_from_paper, title, published, code_url, quote,
        verified, better, in_percent, paper_id, found_by
    from chosen
    window
        same_board as (partition by folded(dataset), folded(metric)),
        best_first_high as (partition by folded(dataset), folded(metric), in_percent order by value desc),
        best_first_low as (partition by folded(dataset), folded(metric), in_percent order by value)
    order by dataset, metric, in_percent desc, rank nulls last, title;

create or replace view leaderboard as from board();

create or replace macro boards_of(on_dataset := null, on_metric := null, on_task := null, with_unverified := false) as table
    select
        dataset, metric, count(*) as rows, count(distinct paper_id) as papers,
        case better when 'increase' then 'higher' when 'decrease' then 'lower' else 'unknown' end as better,
        first(method order by rank nulls last, title) as best_method,
        first(value order by rank nulls last, title) as best_value,
        first(unit order by rank nulls last, title) as unit, in_percent
    from board(
        on_dataset := on_dataset, on_metric := on_metric, on_task := on_task, with_unverified := with_unverified
    )
    group by all
    order by rows desc, dataset, metric;

create or replace view boards as from boards_of();

-- Who claims how much over whom: ratios, relative changes and differences.
create or replace macro gains_of(on_dataset := null, on_metric := null, on_task := null, with_unverified := false) as table
    select
        metric, dataset, baseline, method, kind, value, value_high, unit, direction, task, title, quote,
        verified, paper_id, found_by
    from board_claims
    where kind in ('ratio', 'relative_change', 'difference')
      and (verified or with_unverified)
      and (on_dataset is null or folded(dataset) = folded(on_dataset))
      and (on_metric is null or folded(metric) = folded(on_metric))
      and (on_task is null or folded(task) = folded(on_task))
    order by folded(metric) nulls last, folded(dataset) nulls last, kind, title, position;

create or replace view gains as from gains_of();

-- Papers side by side.
create or replace view comparison as
select
    r.title,
    r.tasks[1] as task,
    r.method,
    r.datasets,
    r.metrics,
    [c.quote for c in r.claims if c.kind in ('ratio', 'relative_change', 'difference')] as gains,
    r.code_url,
    len(r.unverified) as unverified,
    r.id as paper_id
from records r
order by r.title;
