-- The ticket and SLA columns by window functions: lead/lag intervals, running counts, business time by ASOF joins on the
-- cumulative table F (one row per open interval of a schedule). Views `tickets`, `events`, `comments`, `targets`,
-- `assignments_of_schedules`, `users` and the table `f(schedule, opens, closes, before)` are given; so are the macros
-- `as_of()` and `default_schedule()`. One schedule per ticket: on a log where a ticket changes its schedule, the
-- business columns would need one more cut of every span.

CREATE TEMP TABLE t AS
SELECT ticket_key AS k, external_id, epoch(created_at)::BIGINT AS created, tickets.status, tickets.priority, channel, type,
       requester_id, organization_id, brand_id, form_id, history_from IS NOT NULL AS history_complete, deleted_at, delete_kind,
       merged_into_id IS NOT NULL OR ticket_key IN (SELECT ticket_key FROM tags WHERE tag = 'closed_by_merge') AS merged,
       coalesce(s.schedule, default_schedule()) AS schedule
FROM tickets
LEFT JOIN (SELECT ticket_key, arg_min(schedule_id, valid_from) AS schedule FROM assignments_of_schedules GROUP BY 1) s
USING (ticket_key);

CREATE TEMP TABLE e AS
SELECT ticket_key AS k, greatest(epoch(occurred_at)::BIGINT, t.created) AS tm, seq, field, new_value AS v, actor_id,
       lag(new_value) OVER (PARTITION BY ticket_key, field ORDER BY occurred_at, seq) IS DISTINCT FROM new_value AS changed
FROM events JOIN t ON t.k = events.ticket_key;

-- Comments with the type of their author and running counts.
CREATE TEMP TABLE c AS
SELECT *, count(*) FILTER (is_public) OVER w AS publics, count(*) FILTER (NOT is_public) OVER w AS notes,
       count(*) FILTER (is_public AND who = 'agent') OVER w AS replies
FROM (
    SELECT ticket_key AS k, greatest(epoch(sent_at)::BIGINT, t.created) AS tm, comments.external_id::BIGINT AS id, author_id,
           is_public,
           CASE WHEN author_id IS NULL OR author_id::BIGINT <= 0 THEN 'system' WHEN role IN ('agent', 'admin', 'light') THEN 'agent'
                WHEN role = 'bot' THEN 'bot' WHEN role = 'end_user' AND active THEN 'customer' ELSE 'unknown' END AS who
    FROM comments JOIN t ON t.k = comments.ticket_key LEFT JOIN users ON users.external_id = author_id
)
WINDOW w AS (PARTITION BY k ORDER BY tm, id);

-- Status changes that count, and the intervals between them.
CREATE TEMP TABLE st AS
SELECT k, tm, v, before, actor_id FROM (
    SELECT k, tm, v, actor_id, coalesce(lag(v) OVER (PARTITION BY k ORDER BY tm), 'new') AS before
    FROM (SELECT * FROM e WHERE field = 'status' QUALIFY row_number() OVER (PARTITION BY k, tm ORDER BY seq DESC) = 1)
) WHERE v <> before;

CREATE TEMP TABLE intervals AS
SELECT k, status, tm AS a, coalesce(lead(tm) OVER (PARTITION BY k ORDER BY tm, n), as_of()) AS b
FROM (SELECT k, 'new' AS status, created AS tm, 0 AS n FROM t UNION ALL SELECT k, v, tm, 1 FROM st);

CREATE TEMP TABLE solved AS
SELECT k, min(tm) FILTER (v = 'solved') AS first_solve, max(tm) FILTER (v = 'solved') AS last_solve,
       count(*) FILTER (v = 'solved') AS solves, arg_max(actor_id, tm) FILTER (v = 'solved') AS solver,
       count(*) FILTER (before = 'solved' AND v IN ('new', 'open')) AS transitions,
       min(tm) FILTER (v IN ('solved', 'closed', 'deleted', 'spam')) AS first_done, arg_max(v, tm) AS last_status,
       min(tm) FILTER (before = 'solved' AND v IN ('new', 'open')) AS first_reopened,
       max(tm) FILTER (v IN ('deleted', 'spam')) AS excluded
FROM st GROUP BY k;

CREATE TEMP TABLE said AS
SELECT k, min(tm) FILTER (candidate AND who = 'agent') AS first_reply,
       arg_min(author_id, (tm, id)) FILTER (candidate AND who = 'agent') AS first_reply_agent,
       min(tm) FILTER (candidate AND who IN ('agent', 'bot')) AS first_any,
       count(*) FILTER (is_public AND who = 'agent') AS public_agent_replies,
       count(*) FILTER (is_public AND who = 'bot') AS bot_replies, count(*) FILTER (who = 'agent') AS agent_comments,
       count(*) FILTER (NOT is_public) AS internal_notes, count(*) FILTER (is_public AND who = 'customer') AS customer_messages,
       count(*) FILTER (who = 'unknown') AS unknown_comments,
       count(*) FILTER (is_public AND who = 'customer' AND replies > 0) AS customer_messages_after_reply,
       count(DISTINCT author_id) FILTER (is_public AND who = 'agent') AS agents_public
FROM (SELECT *, is_public AND NOT (publics = 1 AND notes = 0 AND who IN ('agent', 'bot')) AS candidate FROM c)
GROUP BY k;

-- Assignees and groups: changes between different non-null values.
CREATE TEMP TABLE holders AS
SELECT k, field, tm, v, lag(v) OVER (PARTITION BY k, field ORDER BY tm, seq) AS before
FROM e WHERE field IN ('assignee', 'group') AND v IS NOT NULL;

CREATE TEMP TABLE held AS
SELECT k, min(tm) FILTER (field = 'assignee') AS first_assigned, arg_min(v, tm) FILTER (field = 'assignee') AS first_assignee,
       count(DISTINCT v) FILTER (field = 'assignee') AS assignees,
       count(*) FILTER (field = 'assignee' AND before IS NOT NULL AND before <> v) AS reassignments,
       count(DISTINCT v) FILTER (field = 'group') AS groups,
       count(*) FILTER (field = 'group' AND before IS NOT NULL AND before <> v) AS group_changes
FROM holders GROUP BY k;

-- What was in force when: for look-ups of an instant by ASOF joins.
CREATE TEMP TABLE h AS SELECT k, tm, v FROM e WHERE field = 'assignee' AND changed;
CREATE TEMP TABLE g AS SELECT k, tm, v FROM e WHERE field = 'group' AND changed;
CREATE TEMP TABLE p AS SELECT k, tm, v FROM e WHERE field = 'priority' AND changed;

CREATE TEMP TABLE last_values AS
SELECT k, arg_max(v, (tm, seq)) FILTER (field = 'assignee') AS last_assignee,
       arg_max(v, (tm, seq)) FILTER (field = 'group') AS last_group,
       count(*) FILTER (field = 'escalated' AND changed AND v IN ('true', '1', 'internal')) AS escalations,
       arg_max(v, (tm, seq)) FILTER (field = 'priority') AS priority
FROM e WHERE field IN ('assignee', 'group', 'priority', 'escalated') GROUP BY k;

CREATE TEMP TABLE assigned_answer AS
SELECT c.k, min(c.tm) AS answered FROM c JOIN held ON held.k = c.k
WHERE is_public AND author_id = first_assignee AND c.tm >= first_assigned GROUP BY c.k;

-- Turns: blocks between replies and solves; the first customer message of a block opens the turn.
CREATE TEMP TABLE turns AS
SELECT k, block, min(tm) FILTER (kind = 'message') AS opened, min(tm) FILTER (kind <> 'message') AS ended,
       min(kind) FILTER (kind <> 'message') AS how, min(replies) FILTER (kind = 'message') > 0 AS next,
       arg_min(author_id, tm) FILTER (kind = 'reply') AS answered_by
FROM (
    SELECT *, coalesce(count(*) FILTER (kind <> 'message') OVER (
        PARTITION BY k ORDER BY tm, class, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS block
    FROM (
        SELECT k, tm, 0 AS class, id, CASE WHEN who = 'agent' THEN 'reply' ELSE 'message' END AS kind, replies, author_id
        FROM c WHERE is_public AND who IN ('agent', 'customer')
        UNION ALL
        SELECT k, tm, 1, 0, 'solved', 0, NULL FROM st WHERE v IN ('solved', 'closed', 'deleted', 'spam')
    )
)
GROUP BY k, block HAVING opened IS NOT NULL;

CREATE TEMP TABLE kept_turns AS
SELECT *, row_number() OVER (PARTITION BY k ORDER BY block) AS n FROM turns WHERE how IS DISTINCT FROM 'solved';

-- Episodes: creation and every reopen; their first reply, solve and end.
CREATE TEMP TABLE starts AS
SELECT k, started, lead(started) OVER (PARTITION BY k ORDER BY n0, started) AS following,
       row_number() OVER (PARTITION BY k ORDER BY n0, started) AS n
FROM (SELECT k, created AS started, 0 AS n0 FROM t
      UNION ALL SELECT k, tm, 1 FROM st WHERE before = 'solved' AND v IN ('new', 'open'));

CREATE TEMP TABLE episodes AS
SELECT s.*, r.replied, d.solved_at, d.ended, d.solver
FROM starts s
LEFT JOIN (SELECT c.k, s.n, min(c.tm) AS replied FROM c JOIN starts s ON s.k = c.k
           AND (c.tm > s.started OR s.n = 1) AND (s.following IS NULL OR c.tm <= s.following)
           WHERE is_public AND who = 'agent' AND NOT (publics = 1 AND notes = 0) GROUP BY 1, 2) r ON r.k = s.k AND r.n = s.n
LEFT JOIN (SELECT st.k, s.n, max(st.tm) FILTER (v = 'solved') AS solved_at,
                  min(st.tm) FILTER (v NOT IN ('new', 'open', 'pending', 'hold')) AS ended,
                  arg_max(actor_id, st.tm) FILTER (v = 'solved') AS solver
           FROM st JOIN starts s ON s.k = st.k AND st.tm >= s.started AND (s.following IS NULL OR st.tm < s.following)
           GROUP BY 1, 2) d ON d.k = s.k AND d.n = s.n;

CREATE TEMP TABLE handoffs AS
SELECT c.k, max(c.tm) AS handoff FROM c JOIN said ON said.k = c.k WHERE is_public AND who = 'bot' AND c.tm <= first_reply
GROUP BY c.k;

-- SLA instances of reply targets: clock, target in force, end.
CREATE TEMP TABLE goals AS
SELECT ticket_key AS k, metric, arg_min(target_s, "at") AS target, arg_min(in_business_hours, "at") AS business
FROM targets WHERE type = 'applied' GROUP BY 1, 2;

CREATE TEMP TABLE policies AS
SELECT k, arg_max(v, (tm, seq)) AS policy FROM e WHERE field = 'sla_policy' GROUP BY k;

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
SELECT k, clock, 0 AS n, a, b, schedule FROM (
    SELECT t.k, schedule, created, handoff, CASE WHEN coalesce(last_status, 'new') IN ('new', 'open', 'pending', 'hold') THEN as_of() END AS living,
           CASE WHEN handoff IS NOT NULL THEN first_reply END AS after_handoff, first_reply, first_any, first_assigned, first_solve, answered, first_done,
           CASE WHEN coalesce(last_status, 'new') IN ('solved', 'closed') THEN last_solve END AS full_solve
    FROM t LEFT JOIN said USING (k) LEFT JOIN held USING (k) LEFT JOIN solved USING (k) LEFT JOIN assigned_answer USING (k) LEFT JOIN handoffs USING (k)
) CROSS JOIN LATERAL (VALUES ('frt', created, first_reply), ('frt_any', created, first_any),
    ('time_to_assign', created, first_assigned), ('frt_assign', first_assigned, answered),
    ('first_resolution', created, first_solve), ('full_resolution', created, full_solve),
    ('age', created, living), ('frt_handoff', handoff, after_handoff)) AS v(clock, a, b)
WHERE b IS NOT NULL
UNION ALL
SELECT k, intervals.status, 0, a, b, schedule FROM intervals JOIN t USING (k) WHERE intervals.status IN ('new', 'open', 'pending', 'hold')
UNION ALL
SELECT k, 'nrt', 0, opened, ended, schedule FROM turns JOIN t USING (k) WHERE next AND how = 'reply'
UNION ALL
SELECT k, metric, instance, started, coalesce(ended, as_of()), schedule FROM sla
UNION ALL
SELECT k, 'turn', n, opened, coalesce(ended, as_of()), schedule FROM kept_turns JOIN t USING (k)
UNION ALL
SELECT k, 'episode_frt', n, started, replied, schedule FROM episodes JOIN t USING (k) WHERE replied IS NOT NULL
UNION ALL
SELECT k, 'episode_resolution', n, started, CASE WHEN ended IS NULL THEN as_of() ELSE solved_at END, schedule
FROM episodes JOIN t USING (k) WHERE ended IS NULL OR solved_at IS NOT NULL;

CREATE TEMP TABLE measured AS
SELECT k, clock, n, b - a AS calendar,
       (coalesce(fb.before + least(b, fb.closes) - fb.opens, 0) - coalesce(fa.before + least(a, fa.closes) - fa.opens, 0))::BIGINT
       AS business
FROM spans
ASOF LEFT JOIN f AS fa ON spans.schedule = fa.schedule AND spans.a >= fa.opens
ASOF LEFT JOIN f AS fb ON spans.schedule = fb.schedule AND spans.b >= fb.opens;

CREATE TEMP TABLE durations AS
SELECT k, {pivots}
       max(calendar) FILTER (clock = 'nrt') AS nrt_max_calendar, max(business) FILTER (clock = 'nrt') AS nrt_max_business,
       count(*) FILTER (clock = 'nrt') AS nrt_n
FROM measured WHERE n = 0 GROUP BY k;

-- Distinct (agent, instant) over comments and field changes.
CREATE TEMP TABLE touched AS
SELECT k, count(DISTINCT (who, tm)) AS touches FROM (
    SELECT k, author_id AS who, tm FROM c WHERE who = 'agent'
    UNION ALL
    SELECT k, actor_id, tm FROM e JOIN users ON users.external_id = actor_id
    WHERE changed AND field <> 'created' AND role IN ('agent', 'admin', 'light')
) GROUP BY k;

CREATE TEMP TABLE ratings AS
SELECT k, min(tm) FILTER (v = 'offered') AS first_offered, max(tm) FILTER (v <> 'offered') AS rated_at,
       arg_min(v, tm) FILTER (v <> 'offered') AS first_rating, arg_max(v, tm) FILTER (v <> 'offered') AS last_rating, true AS offered
FROM e WHERE field = 'satisfaction' AND v IS NOT NULL AND v NOT IN ('', 'unoffered') GROUP BY k;

CREATE TEMP TABLE rated AS
WITH s AS (SELECT k, tm FROM st WHERE v = 'solved'), w AS (SELECT k, tm, author_id FROM c WHERE is_public AND who = 'agent')
SELECT r.*, h.v AS agent_at_rating, hs.v AS agent_at_solve, w.author_id AS agent_last_reply, g.v AS group_at_rating
FROM ratings r
ASOF LEFT JOIN h ON h.k = r.k AND r.rated_at >= h.tm
ASOF LEFT JOIN s ON s.k = r.k AND r.rated_at >= s.tm
ASOF LEFT JOIN h AS hs ON hs.k = r.k AND s.tm >= hs.tm
ASOF LEFT JOIN w ON w.k = r.k AND r.rated_at >= w.tm
ASOF LEFT JOIN g ON g.k = r.k AND r.rated_at >= g.tm;

CREATE TEMP TABLE excluded_tickets AS
SELECT k, CASE WHEN last_status = 'deleted' OR (deleted_at IS NOT NULL AND NOT merged AND coalesce(last_status = 'spam', false) = false)
               THEN 'deleted' WHEN merged THEN 'merged' WHEN last_status = 'spam' OR delete_kind = 'spam' THEN 'spam' END AS exclusion
FROM t LEFT JOIN solved USING (k);

-- Group and priority at the instants that matter.
CREATE TEMP TABLE placed AS
SELECT t.k, g0.v AS group_at_created, gr.v AS group_at_first_reply, gf.v AS group_at_first_solve, gl.v AS group_at_last_solve,
       p0.v AS priority_at_created, pl.v AS priority_at_last_solve
FROM t LEFT JOIN said ON said.k = t.k LEFT JOIN solved ON solved.k = t.k
ASOF LEFT JOIN g AS g0 ON g0.k = t.k AND t.created >= g0.tm
ASOF LEFT JOIN g AS gr ON gr.k = t.k AND said.first_reply >= gr.tm
ASOF LEFT JOIN g AS gf ON gf.k = t.k AND solved.first_solve >= gf.tm
ASOF LEFT JOIN g AS gl ON gl.k = t.k AND solved.last_solve >= gl.tm
ASOF LEFT JOIN p AS p0 ON p0.k = t.k AND t.created >= p0.tm
ASOF LEFT JOIN p AS pl ON pl.k = t.k AND solved.last_solve >= pl.tm;

COPY (
    SELECT t.k AS ticket_key, t.external_id AS ticket_id, created AS created_at, coalesce(last_status, 'new') AS status,
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
           coalesce(offered, false) AS csat_offered, first_rating AS csat_first, last_rating AS csat_last,
           coalesce(first_rating = 'good' AND last_rating = 'bad', false) AS csat_good_to_bad,
           coalesce(first_rating = 'bad' AND last_rating = 'good', false) AS csat_bad_to_good, rated_at AS csat_rated_at,
           agent_at_rating AS csat_agent_at_rating, agent_at_solve AS csat_agent_at_solve,
           agent_last_reply AS csat_agent_last_reply, exclusion, first_offered AS csat_offered_at, first_reopened AS first_reopened_at,
           excluded AS excluded_at, handoff AS handoff_at, channel, type, requester_id, organization_id, brand_id, form_id,
           group_at_created, group_at_first_reply, group_at_first_solve, group_at_last_solve, group_at_rating,
           last_group AS group_last, priority_at_created, priority_at_last_solve,
           coalesce(customer_messages_after_reply, 0) AS customer_messages_after_reply,
           coalesce(agents_public, 0) AS agents_public, coalesce(escalations, 0) AS escalations_internal, history_complete,
           as_of() AS as_of
    FROM t JOIN excluded_tickets USING (k) LEFT JOIN placed USING (k) LEFT JOIN handoffs USING (k) LEFT JOIN durations d USING (k) LEFT JOIN said USING (k) LEFT JOIN held USING (k) LEFT JOIN solved USING (k)
    LEFT JOIN last_values lv USING (k) LEFT JOIN touched USING (k) LEFT JOIN rated USING (k)
    LEFT JOIN (SELECT k, opened FROM turns WHERE how IS NULL) u USING (k)
) TO '{out}/tickets.parquet' (FORMAT parquet, COMPRESSION lz4);

COPY (
    SELECT *, CASE WHEN end_reason = 'open' THEN CASE WHEN breach_at IS NULL THEN 'running' ELSE 'overdue' END
                   WHEN breach_at IS NULL THEN 'met' ELSE 'breached' END AS verdict_all,
           verdict_all AS verdict_last, elapsed_all_s AS elapsed_last_s, breach_at AS breach_at_last
    FROM (
        SELECT sla.k AS ticket_key, t.external_id AS ticket_id, sla.metric, instance, policy, last_values.priority, CASE WHEN sla.business THEN 'business' ELSE 'calendar' END AS clock,
               target AS target_first_s, target AS target_s, 0 AS revisions, started AS applied_at, started AS revised_at,
               h.v AS assignee_id, g.v AS group_id, exclusion, channel, organization_id, started AS started_at, ended AS ended_at, reason AS end_reason,
               CASE WHEN sla.business THEN m.business ELSE m.calendar END AS elapsed_all_s,
               CASE WHEN elapsed_all_s <= target THEN NULL WHEN NOT sla.business THEN started + target
                    ELSE fr.opens + due - fr.before END AS breach_at
        FROM (
            SELECT sla.*, CASE WHEN business THEN coalesce(fs.before + least(started, fs.closes) - fs.opens, 0) + target ELSE 0 END AS due
            FROM sla ASOF LEFT JOIN f AS fs ON sla.schedule = fs.schedule AND sla.started >= fs.opens
        ) sla
        ASOF LEFT JOIN f AS fr ON sla.schedule = fr.schedule AND sla.due > fr.before
        ASOF LEFT JOIN h ON h.k = sla.k AND coalesce(sla.ended, as_of()) > h.tm
        ASOF LEFT JOIN g ON g.k = sla.k AND coalesce(sla.ended, as_of()) > g.tm
        JOIN t ON t.k = sla.k JOIN excluded_tickets x ON x.k = sla.k
        LEFT JOIN measured m ON m.k = sla.k AND m.clock = sla.metric AND m.n = sla.instance
        LEFT JOIN policies ON policies.k = sla.k LEFT JOIN last_values ON last_values.k = sla.k
    )
) TO '{out}/sla.parquet' (FORMAT parquet, COMPRESSION lz4);

COPY (
    SELECT u.k AS ticket_key, t.external_id AS ticket_id, u.n AS turn, CASE WHEN next THEN 'next' ELSE 'first' END AS kind, opened AS opened_at,
           ended AS answered_at, answered_by, g.v AS group_id, p.v AS priority, channel, organization_id, exclusion,
           m.calendar AS wait_calendar, m.business AS wait_business_all, m.business AS wait_business_last
    FROM kept_turns u JOIN t ON t.k = u.k JOIN excluded_tickets x ON x.k = u.k
    JOIN measured m ON m.k = u.k AND m.clock = 'turn' AND m.n = u.n
    ASOF LEFT JOIN g ON g.k = u.k AND coalesce(u.ended, as_of()) > g.tm
    ASOF LEFT JOIN p ON p.k = u.k AND coalesce(u.ended, as_of()) > p.tm
) TO '{out}/turns.parquet' (FORMAT parquet, COMPRESSION lz4);

COPY (
    SELECT y.k AS ticket_key, t.external_id AS ticket_id, y.n AS episode, started AS started_at, replied AS first_reply_at, solved_at,
           ended AS ended_at, solver AS solver_id, g.v AS group_id, h.v AS assignee_id, p.v AS priority, channel, organization_id,
           exclusion, mf.calendar AS episode_frt_calendar, mf.business AS episode_frt_business_all,
           mf.business AS episode_frt_business_last, mr.calendar AS episode_resolution_calendar,
           mr.business AS episode_resolution_business_all, mr.business AS episode_resolution_business_last
    FROM episodes y JOIN t ON t.k = y.k JOIN excluded_tickets x ON x.k = y.k
    LEFT JOIN measured mf ON mf.k = y.k AND mf.clock = 'episode_frt' AND mf.n = y.n
    LEFT JOIN measured mr ON mr.k = y.k AND mr.clock = 'episode_resolution' AND mr.n = y.n
    ASOF LEFT JOIN g ON g.k = y.k AND coalesce(y.following, as_of()) > g.tm
    ASOF LEFT JOIN h ON h.k = y.k AND coalesce(y.following, as_of()) > h.tm
    ASOF LEFT JOIN p ON p.k = y.k AND coalesce(y.following, as_of()) > p.tm
) TO '{out}/episodes.parquet' (FORMAT parquet, COMPRESSION lz4);

COPY (
    SELECT a.k AS ticket_key, t.external_id AS ticket_id, a.n AS station, a.v AS assignee_id, g.v AS group_id, a.tm AS from_at,
           a.until AS to_at, coalesce(i.v IN ('new', 'open', 'pending', 'hold'), a.until IS NOT NULL) AS handed_on_unsolved,
           p.v AS priority, channel, organization_id, exclusion
    FROM (SELECT *, row_number() OVER (PARTITION BY k ORDER BY tm) AS n FROM (
              SELECT k, tm, v, lead(tm) OVER (PARTITION BY k ORDER BY tm) AS until FROM h) WHERE v IS NOT NULL) a
    JOIN t ON t.k = a.k JOIN excluded_tickets x ON x.k = a.k
    ASOF LEFT JOIN g ON g.k = a.k AND a.tm > g.tm
    ASOF LEFT JOIN p ON p.k = a.k AND coalesce(a.until, as_of()) >= p.tm
    ASOF LEFT JOIN st AS i ON i.k = a.k AND a.until >= i.tm
) TO '{out}/assignments.parquet' (FORMAT parquet, COMPRESSION lz4);
