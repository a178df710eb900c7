-- The ticket and SLA columns by window functions: lead/lag intervals, running counts, business time by ASOF joins on the
-- cumulative table F (one row per open interval of a schedule). Views `tickets`, `events`, `comments`, `targets`,
-- `assignments_of_schedules`, `users` and the table `f(schedule, opens, closes, before)` are given; so are the macros
-- `as_of()` and `default_schedule()`. One schedule per ticket: on a log where a ticket changes its schedule, the
-- business columns would need one more cut of every span.

CREATE TEMP TABLE t AS
SELECT ticket_key AS k, external_id, epoch(created_at)::BIGINT AS created, tickets.status, tickets.priority,
       coalesce(s.schedule, default_schedule()) AS schedule
FROM tickets
LEFT JOIN (SELECT ticket_key, arg_min(schedule_id, valid_from) AS schedule FROM assignments_of_schedules GROUP BY 1) s
USING (ticket_key);

CREATE TEMP TABLE e AS
SELECT ticket_key AS k, greatest(epoch(occurred_at)::BIGINT, t.created) AS at, seq, field, new_value AS v, actor_id,
       lag(new_value) OVER (PARTITION BY ticket_key, field ORDER BY occurred_at, seq) IS DISTINCT FROM new_value AS changed
FROM events JOIN t ON t.k = events.ticket_key;

-- Comments with the type of their author and running counts.
CREATE TEMP TABLE c AS
SELECT *, count(*) FILTER (is_public) OVER w AS publics, count(*) FILTER (NOT is_public) OVER w AS notes,
       count(*) FILTER (is_public AND who = 'agent') OVER w AS replies
FROM (
    SELECT ticket_key AS k, greatest(epoch(sent_at)::BIGINT, t.created) AS at, comments.external_id::BIGINT AS id, author_id,
           is_public,
           CASE WHEN author_id IS NULL OR author_id::BIGINT <= 0 THEN 'system' WHEN role IN ('agent', 'admin', 'light') THEN 'agent'
                WHEN role = 'bot' THEN 'bot' WHEN role = 'end_user' AND active THEN 'customer' ELSE 'unknown' END AS who
    FROM comments JOIN t ON t.k = comments.ticket_key LEFT JOIN users ON users.external_id = author_id
)
WINDOW w AS (PARTITION BY k ORDER BY at, id);

-- Status changes that count, and the intervals between them.
CREATE TEMP TABLE st AS
SELECT k, at, v, before, actor_id FROM (
    SELECT k, at, v, actor_id, coalesce(lag(v) OVER (PARTITION BY k ORDER BY at), 'new') AS before
    FROM (SELECT * FROM e WHERE field = 'status' QUALIFY row_number() OVER (PARTITION BY k, at ORDER BY seq DESC) = 1)
) WHERE v <> before;

CREATE TEMP TABLE intervals AS
SELECT k, status, at AS a, coalesce(lead(at) OVER (PARTITION BY k ORDER BY at, n), as_of()) AS b
FROM (SELECT k, 'new' AS status, created AS at, 0 AS n FROM t UNION ALL SELECT k, v, at, 1 FROM st);

CREATE TEMP TABLE solved AS
SELECT k, min(at) FILTER (v = 'solved') AS first_solve, max(at) FILTER (v = 'solved') AS last_solve,
       count(*) FILTER (v = 'solved') AS solves, arg_max(actor_id, at) FILTER (v = 'solved') AS solver,
       count(*) FILTER (before = 'solved' AND v IN ('new', 'open')) AS transitions,
       min(at) FILTER (v IN ('solved', 'closed', 'deleted', 'spam')) AS first_done, arg_max(v, at) AS last_status
FROM st GROUP BY k;

CREATE TEMP TABLE said AS
SELECT k, min(at) FILTER (candidate AND who = 'agent') AS first_reply,
       arg_min(author_id, (at, id)) FILTER (candidate AND who = 'agent') AS first_reply_agent,
       min(at) FILTER (candidate AND who IN ('agent', 'bot')) AS first_any,
       count(*) FILTER (is_public AND who = 'agent') AS public_agent_replies,
       count(*) FILTER (is_public AND who = 'bot') AS bot_replies, count(*) FILTER (who = 'agent') AS agent_comments,
       count(*) FILTER (NOT is_public) AS internal_notes, count(*) FILTER (is_public AND who = 'customer') AS customer_messages,
       count(*) FILTER (who = 'unknown') AS unknown_comments
FROM (SELECT *, is_public AND NOT (publics = 1 AND notes = 0 AND who IN ('agent', 'bot')) AS candidate FROM c)
GROUP BY k;

-- Assignees and groups: changes between different non-null values.
CREATE TEMP TABLE holders AS
SELECT k, field, at, v, lag(v) OVER (PARTITION BY k, field ORDER BY at, seq) AS before
FROM e WHERE field IN ('assignee', 'group') AND v IS NOT NULL;

CREATE TEMP TABLE held AS
SELECT k, min(at) FILTER (field = 'assignee') AS first_assigned, arg_min(v, at) FILTER (field = 'assignee') AS first_assignee,
       count(DISTINCT v) FILTER (field = 'assignee') AS assignees,
       count(*) FILTER (field = 'assignee' AND before IS NOT NULL AND before <> v) AS reassignments,
       count(DISTINCT v) FILTER (field = 'group') AS groups,
       count(*) FILTER (field = 'group' AND before IS NOT NULL AND before <> v) AS group_changes
FROM holders GROUP BY k;

CREATE TEMP TABLE last_values AS
SELECT k, arg_max(v, (at, seq)) FILTER (field = 'assignee') AS last_assignee,
       arg_max(v, (at, seq)) FILTER (field = 'priority') AS priority
FROM e WHERE field IN ('assignee', 'priority') GROUP BY k;

CREATE TEMP TABLE assigned_answer AS
SELECT c.k, min(c.at) AS answered FROM c JOIN held ON held.k = c.k
WHERE is_public AND author_id = first_assignee AND c.at >= first_assigned GROUP BY c.k;

-- Turns: blocks between replies and solves; the first customer message of a block opens the turn.
CREATE TEMP TABLE turns AS
SELECT k, block, min(at) FILTER (kind = 'message') AS opened, min(at) FILTER (kind <> 'message') AS ended,
       min(kind) FILTER (kind <> 'message') AS how, min(replies) FILTER (kind = 'message') > 0 AS next,
       row_number() OVER (PARTITION BY k ORDER BY block) AS n
FROM (
    SELECT *, coalesce(count(*) FILTER (kind <> 'message') OVER (
        PARTITION BY k ORDER BY at, class, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS block
    FROM (
        SELECT k, at, 0 AS class, id, CASE WHEN who = 'agent' THEN 'reply' ELSE 'message' END AS kind, replies
        FROM c WHERE is_public AND who IN ('agent', 'customer')
        UNION ALL
        SELECT k, at, 1, 0, 'solved', 0 FROM st WHERE v IN ('solved', 'closed', 'deleted', 'spam')
    )
)
GROUP BY k, block HAVING opened IS NOT NULL;

-- SLA instances of reply targets: clock, target in force, end.
CREATE TEMP TABLE goals AS
SELECT ticket_key AS k, metric, arg_min(target_s, at) AS target, arg_min(in_business_hours, at) AS business
FROM targets WHERE type = 'applied' GROUP BY 1, 2;

CREATE TEMP TABLE policies AS
SELECT k, arg_max(v, (at, seq)) AS policy FROM e WHERE field = 'sla_policy' GROUP BY k;

CREATE TEMP TABLE sla AS
SELECT t.k, metric, target, business, created AS started, schedule, 1 AS instance,
       CASE WHEN first_reply IS NOT NULL AND first_reply <= coalesce(first_done, first_reply) THEN first_reply ELSE first_done END AS ended,
       CASE WHEN first_reply IS NOT NULL AND first_reply <= coalesce(first_done, first_reply) THEN 'reply'
            WHEN first_done IS NOT NULL THEN 'solved' ELSE 'open' END AS reason
FROM t JOIN goals ON goals.k = t.k AND metric = 'first_reply' LEFT JOIN said ON said.k = t.k LEFT JOIN solved ON solved.k = t.k
UNION ALL
SELECT t.k, metric, target, business, opened, schedule, row_number() OVER (PARTITION BY t.k ORDER BY opened), ended, coalesce(how, 'open')
FROM turns JOIN t ON t.k = turns.k JOIN goals ON goals.k = t.k AND metric = 'next_reply'
WHERE turns.next;

-- Every span of every clock, measured twice: by wall time, and by F at both of its ends.
CREATE TEMP TABLE spans AS
SELECT k, clock, a, b, schedule FROM (
    SELECT t.k, schedule, created, first_reply, first_any, first_assigned, first_solve, answered, first_done,
           CASE WHEN coalesce(last_status, 'new') IN ('solved', 'closed') THEN last_solve END AS full_solve
    FROM t LEFT JOIN said USING (k) LEFT JOIN held USING (k) LEFT JOIN solved USING (k) LEFT JOIN assigned_answer USING (k)
) CROSS JOIN LATERAL (VALUES ('frt', created, first_reply), ('frt_any', created, first_any),
    ('time_to_assign', created, first_assigned), ('frt_assign', first_assigned, answered),
    ('first_resolution', created, first_solve), ('full_resolution', created, full_solve)) AS v(clock, a, b)
WHERE b IS NOT NULL
UNION ALL
SELECT k, status, a, b, schedule FROM intervals JOIN t USING (k) WHERE status IN ('new', 'open', 'pending', 'hold')
UNION ALL
SELECT k, 'nrt', opened, ended, schedule FROM turns JOIN t USING (k) WHERE next AND how = 'reply'
UNION ALL
SELECT k, metric || instance, started, coalesce(ended, as_of()), schedule FROM sla;

CREATE TEMP TABLE measured AS
SELECT k, clock, b - a AS calendar,
       (coalesce(fb.before + least(b, fb.closes) - fb.opens, 0) - coalesce(fa.before + least(a, fa.closes) - fa.opens, 0))::BIGINT
       AS business
FROM spans
ASOF LEFT JOIN f AS fa ON spans.schedule = fa.schedule AND spans.a >= fa.opens
ASOF LEFT JOIN f AS fb ON spans.schedule = fb.schedule AND spans.b >= fb.opens;

CREATE TEMP TABLE durations AS
SELECT k, {pivots}
       max(calendar) FILTER (clock = 'nrt') AS nrt_max_calendar, max(business) FILTER (clock = 'nrt') AS nrt_max_business,
       count(*) FILTER (clock = 'nrt') AS nrt_n
FROM measured GROUP BY k;

-- Distinct (agent, instant) over comments and field changes.
CREATE TEMP TABLE touched AS
SELECT k, count(DISTINCT (who, at)) AS touches FROM (
    SELECT k, author_id AS who, at FROM c WHERE who = 'agent'
    UNION ALL
    SELECT k, actor_id, at FROM e JOIN users ON users.external_id = actor_id
    WHERE changed AND field <> 'created' AND role IN ('agent', 'admin', 'light')
) GROUP BY k;

CREATE TEMP TABLE ratings AS
SELECT k, min(at) AS first_at, max(at) AS rated_at, arg_min(v, at) AS first_rating, arg_max(v, at) AS last_rating
FROM e WHERE field = 'satisfaction' AND v IS NOT NULL GROUP BY k;

CREATE TEMP TABLE rated AS
WITH h AS (SELECT k, at, v FROM holders WHERE field = 'assignee'), s AS (SELECT k, at FROM st WHERE v = 'solved'),
     p AS (SELECT k, at, author_id FROM c WHERE is_public AND who = 'agent')
SELECT r.*, h.v AS agent_at_rating, hs.v AS agent_at_solve, p.author_id AS agent_last_reply
FROM ratings r
ASOF LEFT JOIN h ON h.k = r.k AND r.rated_at >= h.at
ASOF LEFT JOIN s ON s.k = r.k AND r.rated_at >= s.at
ASOF LEFT JOIN h AS hs ON hs.k = r.k AND s.at >= hs.at
ASOF LEFT JOIN p ON p.k = r.k AND r.rated_at >= p.at;

COPY (
    SELECT t.k AS ticket_key, external_id AS ticket_id, created AS created_at, coalesce(last_status, 'new') AS status,
           coalesce(lv.priority, t.priority) AS priority, coalesce(last_status, 'new') IN ('new', 'open', 'pending', 'hold') AS is_open,
           first_reply AS first_reply_at, first_assigned AS first_assigned_at, first_solve AS first_solved_at,
           last_solve AS last_solved_at, first_reply_agent AS first_reply_agent_id, first_assignee AS first_assignee_id,
           last_assignee AS last_assignee_id, solver AS solver_id,
           CASE WHEN public_agent_replies > 0 AND bot_replies > 0 THEN 'mixed' WHEN public_agent_replies > 0 THEN 'human'
                WHEN bot_replies > 0 THEN 'bot' ELSE 'none' END AS handled_by,
           {columns}
           nrt_n, u.opened IS NOT NULL AS waiting_reply, u.opened AS waiting_since,
           coalesce(public_agent_replies, 0) AS public_agent_replies, coalesce(bot_replies, 0) AS bot_replies,
           coalesce(agent_comments, 0) AS agent_comments, coalesce(internal_notes, 0) AS internal_notes,
           coalesce(customer_messages, 0) AS customer_messages, coalesce(unknown_comments, 0) AS unknown_comments,
           coalesce(touches, 0) AS touches, coalesce(assignees, 0) AS assignees, coalesce(reassignments, 0) AS reassignments,
           coalesce(groups, 0) AS groups, coalesce(group_changes, 0) AS group_changes, coalesce(solves, 0) AS solves,
           greatest(0, coalesce(solves, 0) - 1) AS reopens_solves, coalesce(transitions, 0) AS reopens_transitions,
           coalesce(last_status IN ('solved', 'closed') AND public_agent_replies = 1 AND transitions = 0, false) AS one_touch,
           coalesce(last_status IN ('solved', 'closed') AND public_agent_replies = 2, false) AS two_touch,
           coalesce(last_status IN ('solved', 'closed') AND public_agent_replies > 2, false) AS multi_touch,
           first_rating IS NOT NULL AS csat_offered, first_rating AS csat_first, last_rating AS csat_last,
           coalesce(first_rating = 'good' AND last_rating = 'bad', false) AS csat_good_to_bad,
           coalesce(first_rating = 'bad' AND last_rating = 'good', false) AS csat_bad_to_good, rated_at AS csat_rated_at,
           agent_at_rating AS csat_agent_at_rating, agent_at_solve AS csat_agent_at_solve,
           agent_last_reply AS csat_agent_last_reply
    FROM t LEFT JOIN durations d USING (k) LEFT JOIN said USING (k) LEFT JOIN held USING (k) LEFT JOIN solved USING (k)
    LEFT JOIN last_values lv USING (k) LEFT JOIN touched USING (k) LEFT JOIN rated USING (k)
    LEFT JOIN (SELECT k, opened FROM turns WHERE how IS NULL) u USING (k)
) TO '{out}/tickets.parquet' (FORMAT parquet, COMPRESSION lz4);

COPY (
    SELECT *, CASE WHEN reason = 'open' THEN CASE WHEN breach_at IS NULL THEN 'running' ELSE 'overdue' END
                   WHEN breach_at IS NULL THEN 'met' ELSE 'breached' END AS verdict_all
    FROM (
        SELECT sla.k AS ticket_key, metric, instance, policy, priority, CASE WHEN sla.business THEN 'business' ELSE 'calendar' END AS clock,
               target AS target_s, started AS started_at, ended AS ended_at, reason AS end_reason,
               CASE WHEN sla.business THEN m.business ELSE m.calendar END AS elapsed_all_s,
               CASE WHEN elapsed_all_s <= target THEN NULL WHEN NOT sla.business THEN started + target
                    ELSE fr.opens + due - fr.before END AS breach_at
        FROM (
            SELECT sla.*, CASE WHEN business THEN coalesce(fs.before + least(started, fs.closes) - fs.opens, 0) + target ELSE 0 END AS due
            FROM sla ASOF LEFT JOIN f AS fs ON sla.schedule = fs.schedule AND sla.started >= fs.opens
        ) sla
        ASOF LEFT JOIN f AS fr ON sla.schedule = fr.schedule AND sla.due > fr.before
        LEFT JOIN measured m ON m.k = sla.k AND m.clock = sla.metric || sla.instance
        LEFT JOIN policies ON policies.k = sla.k LEFT JOIN last_values ON last_values.k = sla.k
    )
) TO '{out}/sla.parquet' (FORMAT parquet, COMPRESSION lz4);
