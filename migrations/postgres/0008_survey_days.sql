-- When somebody answered a survey is told by the day: the second, beside the events of requests, would tell whose
-- answers they are.
DROP VIEW survey_answer_v1;
CREATE VIEW survey_answer_v1 AS
SELECT a.session, c.service, a.question, a.number, a.choice,
       CASE WHEN a.complete THEN 'complete' ELSE 'partial' END AS completeness,
       a.channel, a.locale,
       CASE WHEN a.solicited THEN 'solicited' ELSE 'unsolicited' END AS solicitation,
       to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS answered_on
FROM survey_answer a LEFT JOIN case_file c ON c.id = a.case_id;
