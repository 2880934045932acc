-- The contract with other systems, version 1: instants as ISO 8601 UTC text, statuses spelled out.
-- Columns may be added; none is renamed or removed: that is version 2, beside this one.

CREATE FUNCTION iso8601(at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;

CREATE VIEW case_v1 AS
SELECT c.id, c.reference, c.person, c.service, c.form_id AS form, c.form_hash AS form_version, c.source_channel,
       c.entered_by, c.locale, c.consent_version, c.status,
       iso8601(c.submitted_at) AS submitted_at,
       to_char(c.answer_from, 'YYYY-MM-DD') AS answer_from,
       iso8601(c.next_due) AS next_due,
       s.name AS owner,
       iso8601(c.created_at) AS created_at,
       iso8601(c.updated_at) AS updated_at
FROM case_file c LEFT JOIN staff s ON s.id = c.owner;

CREATE VIEW case_event_v1 AS
SELECT e.number, e.case_id, c.reference, e.person, e.name, e.by_kind, e.by_name,
       -- An appeal's reason is what the person said: not for other systems.
       CASE e.name WHEN 'appealed' THEN NULL ELSE e.reason END AS reason, e.status_after,
       iso8601(e.at) AS at
FROM case_event e JOIN case_file c ON c.id = e.case_id;

CREATE VIEW decision_v1 AS
SELECT d.id, d.case_id, c.reference, d.outcome, d.reason, d.early_reason, d.decided_by, d.decided_at, d.source,
       CASE WHEN d.taken_at IS NULL THEN 'pending' WHEN d.refused_because IS NULL THEN 'taken' ELSE 'refused' END AS state,
       iso8601(d.taken_at) AS taken_at,
       d.refused_because
FROM decision d JOIN case_file c ON c.id = d.case_id;

-- No person and no request: a survey is for improvement, never to single somebody out.
CREATE VIEW survey_answer_v1 AS
SELECT a.session, c.service, a.question, a.number, a.choice,
       CASE WHEN a.complete THEN 'complete' ELSE 'partial' END AS completeness,
       a.channel, a.locale,
       CASE WHEN a.solicited THEN 'solicited' ELSE 'unsolicited' END AS solicitation,
       iso8601(a.at) AS answered_at
FROM survey_answer a LEFT JOIN case_file c ON c.id = a.case_id;
