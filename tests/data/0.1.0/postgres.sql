--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alert; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alert (
    node text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    type text NOT NULL,
    app text NOT NULL,
    severity text NOT NULL,
    message text NOT NULL,
    value double precision NOT NULL,
    resolved_at timestamp with time zone
);


--
-- Name: drain; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.drain (
    id integer NOT NULL,
    token text NOT NULL,
    app text NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL
);


--
-- Name: drain_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.drain ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.drain_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: frame; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.frame (
    drain_id integer NOT NULL,
    id text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    node text
);


--
-- Name: log_line; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_line (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    source text,
    proc text,
    kind text NOT NULL,
    severity text,
    text text NOT NULL,
    raw bytea,
    code text
)
PARTITION BY RANGE (at);


--
-- Name: log_line_20261126; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_line_20261126 (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    source text,
    proc text,
    kind text NOT NULL,
    severity text,
    text text NOT NULL,
    raw bytea,
    code text
);


--
-- Name: log_line_20261127; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_line_20261127 (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    source text,
    proc text,
    kind text NOT NULL,
    severity text,
    text text NOT NULL,
    raw bytea,
    code text
);


--
-- Name: log_line_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.log_line_default (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    source text,
    proc text,
    kind text NOT NULL,
    severity text,
    text text NOT NULL,
    raw bytea,
    code text
);


--
-- Name: rejected_frame; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rejected_frame (
    id integer NOT NULL,
    drain text NOT NULL,
    frame_id text,
    app text NOT NULL,
    structured_data boolean NOT NULL,
    received_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    body bytea NOT NULL
);


--
-- Name: rejected_frame_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.rejected_frame ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rejected_frame_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: request; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.request (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    app text NOT NULL,
    dyno text,
    method text,
    path text,
    host text,
    request_id text,
    fwd text,
    status smallint,
    code text,
    connect_ms bigint,
    service_ms bigint,
    bytes bigint,
    protocol text,
    tls_version text,
    level text,
    extra json,
    raw bytea
)
PARTITION BY RANGE (at);


--
-- Name: request_20261126; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.request_20261126 (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    app text NOT NULL,
    dyno text,
    method text,
    path text,
    host text,
    request_id text,
    fwd text,
    status smallint,
    code text,
    connect_ms bigint,
    service_ms bigint,
    bytes bigint,
    protocol text,
    tls_version text,
    level text,
    extra json,
    raw bytea
);


--
-- Name: request_20261127; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.request_20261127 (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    app text NOT NULL,
    dyno text,
    method text,
    path text,
    host text,
    request_id text,
    fwd text,
    status smallint,
    code text,
    connect_ms bigint,
    service_ms bigint,
    bytes bigint,
    protocol text,
    tls_version text,
    level text,
    extra json,
    raw bytea
);


--
-- Name: request_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.request_default (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    app text NOT NULL,
    dyno text,
    method text,
    path text,
    host text,
    request_id text,
    fwd text,
    status smallint,
    code text,
    connect_ms bigint,
    service_ms bigint,
    bytes bigint,
    protocol text,
    tls_version text,
    level text,
    extra json,
    raw bytea
);


--
-- Name: rollup; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.rollup (
    minute timestamp with time zone NOT NULL,
    app text NOT NULL,
    node text NOT NULL,
    data bytea NOT NULL,
    revision bigint NOT NULL
);
ALTER TABLE ONLY public.rollup ALTER COLUMN data SET STORAGE EXTERNAL;


--
-- Name: sample; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    origin text NOT NULL,
    source text,
    instance text,
    proc text,
    name text NOT NULL,
    kind text NOT NULL,
    value double precision,
    unit text,
    member text
)
PARTITION BY RANGE (at);


--
-- Name: sample_20261126; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_20261126 (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    origin text NOT NULL,
    source text,
    instance text,
    proc text,
    name text NOT NULL,
    kind text NOT NULL,
    value double precision,
    unit text,
    member text
);


--
-- Name: sample_20261127; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_20261127 (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    origin text NOT NULL,
    source text,
    instance text,
    proc text,
    name text NOT NULL,
    kind text NOT NULL,
    value double precision,
    unit text,
    member text
);


--
-- Name: sample_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sample_default (
    at timestamp with time zone NOT NULL,
    drain_id integer NOT NULL,
    origin text NOT NULL,
    source text,
    instance text,
    proc text,
    name text NOT NULL,
    kind text NOT NULL,
    value double precision,
    unit text,
    member text
);


--
-- Name: schema_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_version (
    version integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);


--
-- Name: log_line_20261126; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_line ATTACH PARTITION public.log_line_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');


--
-- Name: log_line_20261127; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_line ATTACH PARTITION public.log_line_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');


--
-- Name: log_line_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.log_line ATTACH PARTITION public.log_line_default DEFAULT;


--
-- Name: request_20261126; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.request ATTACH PARTITION public.request_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');


--
-- Name: request_20261127; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.request ATTACH PARTITION public.request_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');


--
-- Name: request_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.request ATTACH PARTITION public.request_default DEFAULT;


--
-- Name: sample_20261126; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_20261126 FOR VALUES FROM ('2026-11-26 00:00:00+00') TO ('2026-11-27 00:00:00+00');


--
-- Name: sample_20261127; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_20261127 FOR VALUES FROM ('2026-11-27 00:00:00+00') TO ('2026-11-28 00:00:00+00');


--
-- Name: sample_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sample ATTACH PARTITION public.sample_default DEFAULT;


--
-- Data for Name: alert; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alert VALUES ('main', '2026-11-26 23:00:49.90566+00', 'high_error_rate', 'blog', 'critical', '40 % of 30 requests of blog in 5 min failed (limit 5 %)', 40, NULL);
INSERT INTO public.alert VALUES ('main', '2026-11-26 23:00:49.90566+00', 'slow_response', 'blog', 'warning', 'The 95th percentile of the response times of 30 requests of blog in 5 min is 30000 ms (limit 1000 ms)', 30000, NULL);
INSERT INTO public.alert VALUES ('main', '2026-11-26 23:00:49.90566+00', 'request_timeouts', 'blog', 'critical', '6 times H12 of blog in 5 min (limit 5)', 6, NULL);
INSERT INTO public.alert VALUES ('main', '2026-11-26 23:00:49.90566+00', 'high_error_rate', 'shop', 'critical', '40 % of 30 requests of shop in 5 min failed (limit 5 %)', 40, NULL);
INSERT INTO public.alert VALUES ('main', '2026-11-26 23:00:49.90566+00', 'slow_response', 'shop', 'warning', 'The 95th percentile of the response times of 30 requests of shop in 5 min is 30000 ms (limit 1000 ms)', 30000, NULL);
INSERT INTO public.alert VALUES ('main', '2026-11-26 23:00:49.90566+00', 'request_timeouts', 'shop', 'critical', '6 times H12 of shop in 5 min (limit 5)', 6, NULL);


--
-- Data for Name: drain; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.drain OVERRIDING SYSTEM VALUE VALUES (1, 'd.shop', 'shop', '2026-11-26 23:00:49.024982+00', '2026-11-26 23:00:49.024982+00');
INSERT INTO public.drain OVERRIDING SYSTEM VALUE VALUES (2, 'd.blog', 'blog', '2026-11-26 23:00:49.10349+00', '2026-11-26 23:00:49.10349+00');


--
-- Data for Name: frame; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.frame VALUES (1, 'FRAME1', '2026-11-26 23:00:49.024982+00', 'main');
INSERT INTO public.frame VALUES (1, 'FRAME3', '2026-11-26 23:00:49.181112+00', 'main');
INSERT INTO public.frame VALUES (2, 'FRAME2', '2026-11-26 23:00:49.10349+00', 'main');
INSERT INTO public.frame VALUES (2, 'FRAME4', '2026-11-26 23:00:49.246792+00', 'main');
INSERT INTO public.frame VALUES (1, 'FRAME5', '2026-11-26 23:00:49.332641+00', 'main');
INSERT INTO public.frame VALUES (2, 'FRAME6', '2026-11-26 23:00:49.366779+00', 'main');
INSERT INTO public.frame VALUES (1, 'FRAME7', '2026-11-26 23:00:49.405634+00', 'main');
INSERT INTO public.frame VALUES (2, 'FRAME8', '2026-11-26 23:00:49.428504+00', 'main');
INSERT INTO public.frame VALUES (1, 'FRAME11', '2026-11-26 23:00:49.508835+00', 'main');
INSERT INTO public.frame VALUES (1, 'FRAME9', '2026-11-26 23:00:49.455832+00', 'main');
INSERT INTO public.frame VALUES (2, 'FRAME10', '2026-11-26 23:00:49.474334+00', 'main');
INSERT INTO public.frame VALUES (2, 'FRAME12', '2026-11-26 23:00:49.530084+00', 'main');


--
-- Data for Name: log_line_20261126; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.011202+00', 1, 'app', 'web.1', 'text', NULL, 'hello from frame 1', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.012595+00', 1, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.013779+00', 1, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.019135+00', 1, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.023952+00', 1, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.165461+00', 1, 'app', 'web.1', 'text', NULL, 'hello from frame 3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.176668+00', 1, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.177928+00', 1, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.179173+00', 1, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.180392+00', 1, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.08103+00', 2, 'app', 'web.1', 'text', NULL, 'hello from frame 2', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.08223+00', 2, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.090315+00', 2, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.092142+00', 2, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.099673+00', 2, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.224046+00', 2, 'app', 'web.1', 'text', NULL, 'hello from frame 4', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.228066+00', 2, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.235072+00', 2, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.24023+00', 2, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.244158+00', 2, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.327126+00', 1, 'app', 'web.1', 'text', NULL, 'hello from frame 5', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.328332+00', 1, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.329547+00', 1, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.330809+00', 1, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.331946+00', 1, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.361316+00', 2, 'app', 'web.1', 'text', NULL, 'hello from frame 6', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.362483+00', 2, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.363692+00', 2, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.364842+00', 2, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.365981+00', 2, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.400415+00', 1, 'app', 'web.1', 'text', NULL, 'hello from frame 7', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.401532+00', 1, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.402636+00', 1, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.403784+00', 1, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.404885+00', 1, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.418502+00', 2, 'app', 'web.1', 'text', NULL, 'hello from frame 8', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.423817+00', 2, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.425196+00', 2, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.426492+00', 2, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.42777+00', 2, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.503522+00', 1, 'app', 'web.1', 'text', NULL, 'hello from frame 11', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.504684+00', 1, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.505828+00', 1, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.507011+00', 1, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.508173+00', 1, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.450452+00', 1, 'app', 'web.1', 'text', NULL, 'hello from frame 9', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.451716+00', 1, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.452856+00', 1, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.45399+00', 1, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.455166+00', 1, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.468782+00', 2, 'app', 'web.1', 'text', NULL, 'hello from frame 10', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.470092+00', 2, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.471361+00', 2, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.472491+00', 2, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.473604+00', 2, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.524761+00', 2, 'app', 'web.1', 'text', NULL, 'hello from frame 12', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.525913+00', 2, 'app', 'web.1', 'logfmt', NULL, 'count#orders=2 measure#db.query=12.5ms sample#queue=3', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.527084+00', 2, 'heroku', 'web.1', 'runtime_metrics', NULL, 'source=web.1 dyno=heroku.1.2 sample#memory_total=318.5MB sample#memory_rss=301.25MB sample#memory_quota=512.00MB', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.528267+00', 2, 'app', 'heroku-postgres', 'addon_metrics', NULL, 'source=DATABASE addon=postgresql-angular-40817 sample#db_size=7340032512bytes', NULL, NULL);
INSERT INTO public.log_line_20261126 VALUES ('2026-11-26 23:00:49.529381+00', 2, 'heroku', 'web.1', 'state_change', NULL, 'State changed from starting to up', NULL, NULL);


--
-- Data for Name: log_line_20261127; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: log_line_default; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: rejected_frame; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: request_20261126; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:48.949964+00', 1, 'shop', 'web.1', 'GET', '/products', 'shop.example.com', '1-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:48.958558+00', 1, 'shop', 'web.2', 'GET', '/', 'shop.example.com', '1-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:48.968246+00', 1, 'shop', 'web.1', 'GET', '/old', 'shop.example.com', '1-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.007868+00', 1, 'shop', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '1-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.009741+00', 1, 'shop', 'web.2', 'POST', '/checkout', 'shop.example.com', '1-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.131887+00', 1, 'shop', 'web.1', 'GET', '/products', 'shop.example.com', '3-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.1371+00', 1, 'shop', 'web.2', 'GET', '/', 'shop.example.com', '3-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.15186+00', 1, 'shop', 'web.1', 'GET', '/old', 'shop.example.com', '3-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.156559+00', 1, 'shop', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '3-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.161141+00', 1, 'shop', 'web.2', 'POST', '/checkout', 'shop.example.com', '3-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.039822+00', 2, 'blog', 'web.1', 'GET', '/products', 'shop.example.com', '2-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.072005+00', 2, 'blog', 'web.2', 'GET', '/', 'shop.example.com', '2-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.073417+00', 2, 'blog', 'web.1', 'GET', '/old', 'shop.example.com', '2-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.074679+00', 2, 'blog', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '2-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.079693+00', 2, 'blog', 'web.2', 'POST', '/checkout', 'shop.example.com', '2-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.187603+00', 2, 'blog', 'web.1', 'GET', '/products', 'shop.example.com', '4-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.209771+00', 2, 'blog', 'web.2', 'GET', '/', 'shop.example.com', '4-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.211265+00', 2, 'blog', 'web.1', 'GET', '/old', 'shop.example.com', '4-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.212495+00', 2, 'blog', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '4-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.215904+00', 2, 'blog', 'web.2', 'POST', '/checkout', 'shop.example.com', '4-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.279983+00', 1, 'shop', 'web.1', 'GET', '/products', 'shop.example.com', '5-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.281642+00', 1, 'shop', 'web.2', 'GET', '/', 'shop.example.com', '5-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.287737+00', 1, 'shop', 'web.1', 'GET', '/old', 'shop.example.com', '5-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.324033+00', 1, 'shop', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '5-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.325628+00', 1, 'shop', 'web.2', 'POST', '/checkout', 'shop.example.com', '5-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.339611+00', 2, 'blog', 'web.1', 'GET', '/products', 'shop.example.com', '6-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.355806+00', 2, 'blog', 'web.2', 'GET', '/', 'shop.example.com', '6-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.357389+00', 2, 'blog', 'web.1', 'GET', '/old', 'shop.example.com', '6-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.358836+00', 2, 'blog', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '6-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.360129+00', 2, 'blog', 'web.2', 'POST', '/checkout', 'shop.example.com', '6-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.384117+00', 1, 'shop', 'web.1', 'GET', '/products', 'shop.example.com', '7-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.395841+00', 1, 'shop', 'web.2', 'GET', '/', 'shop.example.com', '7-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.397004+00', 1, 'shop', 'web.1', 'GET', '/old', 'shop.example.com', '7-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.398125+00', 1, 'shop', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '7-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.399282+00', 1, 'shop', 'web.2', 'POST', '/checkout', 'shop.example.com', '7-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.411941+00', 2, 'blog', 'web.1', 'GET', '/products', 'shop.example.com', '8-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.41309+00', 2, 'blog', 'web.2', 'GET', '/', 'shop.example.com', '8-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.414241+00', 2, 'blog', 'web.1', 'GET', '/old', 'shop.example.com', '8-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.415401+00', 2, 'blog', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '8-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.417251+00', 2, 'blog', 'web.2', 'POST', '/checkout', 'shop.example.com', '8-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.491658+00', 1, 'shop', 'web.1', 'GET', '/products', 'shop.example.com', '11-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.49367+00', 1, 'shop', 'web.2', 'GET', '/', 'shop.example.com', '11-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.499655+00', 1, 'shop', 'web.1', 'GET', '/old', 'shop.example.com', '11-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.50103+00', 1, 'shop', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '11-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.502276+00', 1, 'shop', 'web.2', 'POST', '/checkout', 'shop.example.com', '11-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.435625+00', 1, 'shop', 'web.1', 'GET', '/products', 'shop.example.com', '9-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.439682+00', 1, 'shop', 'web.2', 'GET', '/', 'shop.example.com', '9-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.442139+00', 1, 'shop', 'web.1', 'GET', '/old', 'shop.example.com', '9-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.447963+00', 1, 'shop', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '9-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.449247+00', 1, 'shop', 'web.2', 'POST', '/checkout', 'shop.example.com', '9-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.459543+00', 2, 'blog', 'web.1', 'GET', '/products', 'shop.example.com', '10-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.463572+00', 2, 'blog', 'web.2', 'GET', '/', 'shop.example.com', '10-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.465194+00', 2, 'blog', 'web.1', 'GET', '/old', 'shop.example.com', '10-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.466474+00', 2, 'blog', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '10-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.467649+00', 2, 'blog', 'web.2', 'POST', '/checkout', 'shop.example.com', '10-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.515575+00', 2, 'blog', 'web.1', 'GET', '/products', 'shop.example.com', '12-1', '203.0.113.9', 200, NULL, 1, 24, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.519713+00', 2, 'blog', 'web.2', 'GET', '/', 'shop.example.com', '12-2', '203.0.113.9', 200, NULL, 1, 1500, 512, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.521199+00', 2, 'blog', 'web.1', 'GET', '/old', 'shop.example.com', '12-3', '203.0.113.9', 301, NULL, 1, 3, 0, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.522391+00', 2, 'blog', 'web.1', 'DELETE', '/nowhere', 'shop.example.com', '12-4', '203.0.113.9', 404, NULL, 1, 3, 9, 'https', NULL, 'info', NULL, NULL);
INSERT INTO public.request_20261126 VALUES ('2026-11-26 23:00:49.523605+00', 2, 'blog', 'web.2', 'POST', '/checkout', 'shop.example.com', '12-5', '203.0.113.9', 503, 'H12', 1, 30000, 0, 'https', NULL, 'error', '{"desc": "Request timeout"}', NULL);


--
-- Data for Name: request_20261127; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: request_default; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: rollup; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.rollup VALUES ('2026-11-26 23:00:00+00', 'shop', 'main', '\x031e0c00000c0606061206000600b6303cac53000000000000000004fcc50b03b0ea010c0c5406902e06b82006011e0101041e010003483132060004c8010cad0206940306f70306023003311b00000012000100057765622e310cc8888ea2bdcdb006c9f0260c0085e324000c0081c03e0000000000010018706f737467726573716c2d616e67756c61722d34303831370f6865726f6b752d706f73746772657301000764625f73697a650cbe1281c0bec09fab03056279746573000100066f726465727306180001000571756575650cad24f12e00f12e01000864622e717565727901f8c904d461d4618c4a06026d730001b7eb92b10f000000000500012f00060001a846dc0bdc0bf02e060108636865636b6f757400060601a0fe0ab0ea01b0ea01a84f0601076e6f7768657265000606011203030c0601036f6c64000600011203030c06010870726f6475637473000600019001181860060200057765622e31120602b40103180c0c54060401320c0602c8c40bdc0bb0ea01f02e06b82006', 1795734049163702);
INSERT INTO public.rollup VALUES ('2026-11-26 23:00:00+00', 'blog', 'main', '\x031e0c00000c0606061206000600b6303cb253000000000000000004fcc50b03b0ea010c0c5406902e06b82006011e0101041e010003483132060004c8010cad0206940306f7030601311e00000012000100057765622e310cd8d490a2bdcdb006c9f0260c0085e324000c0081c03e0000000000010018706f737467726573716c2d616e67756c61722d34303831370f6865726f6b752d706f73746772657301000764625f73697a650cbe1281c0bec09fab03056279746573000100066f726465727306180001000571756575650ce324f12e00f12e01000864622e717565727901f8c904d461d4618c4a06026d730001b7eb92b10f000000000500012f00060001a846dc0bdc0bf02e060108636865636b6f757400060601a0fe0ab0ea01b0ea01a84f0601076e6f7768657265000606011203030c0601036f6c64000600011203030c06010870726f6475637473000600019001181860060200057765622e31120602b40103180c0c54060401320c0602c8c40bdc0bb0ea01f02e06b82006', 1795734049229076);


--
-- Data for Name: sample_20261126; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.012595+00', 1, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.012595+00', 1, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.012595+00', 1, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.013779+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.013779+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.013779+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.019135+00', 1, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.176668+00', 1, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.176668+00', 1, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.176668+00', 1, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.177928+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.177928+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.177928+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.179173+00', 1, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.08223+00', 2, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.08223+00', 2, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.08223+00', 2, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.090315+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.090315+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.090315+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.092142+00', 2, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.228066+00', 2, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.228066+00', 2, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.228066+00', 2, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.235072+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.235072+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.235072+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.24023+00', 2, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.328332+00', 1, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.328332+00', 1, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.328332+00', 1, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.329547+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.329547+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.329547+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.330809+00', 1, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.362483+00', 2, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.362483+00', 2, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.362483+00', 2, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.363692+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.363692+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.363692+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.364842+00', 2, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.401532+00', 1, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.401532+00', 1, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.401532+00', 1, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.402636+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.402636+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.402636+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.403784+00', 1, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.423817+00', 2, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.423817+00', 2, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.423817+00', 2, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.425196+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.425196+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.425196+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.426492+00', 2, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.504684+00', 1, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.504684+00', 1, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.504684+00', 1, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.505828+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.505828+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.505828+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.507011+00', 1, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.451716+00', 1, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.451716+00', 1, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.451716+00', 1, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.452856+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.452856+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.452856+00', 1, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.45399+00', 1, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.470092+00', 2, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.470092+00', 2, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.470092+00', 2, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.471361+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.471361+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.471361+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.472491+00', 2, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.525913+00', 2, 'custom', NULL, 'web.1', 'web.1', 'orders', 'count', 2, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.525913+00', 2, 'custom', NULL, 'web.1', 'web.1', 'db.query', 'measure', 12.5, 'ms', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.525913+00', 2, 'custom', NULL, 'web.1', 'web.1', 'queue', 'gauge', 3, NULL, NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.527084+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_total', 'gauge', 318.5, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.527084+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_rss', 'gauge', 301.25, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.527084+00', 2, 'dyno', 'web.1', 'heroku.1.2', 'web.1', 'memory_quota', 'gauge', 512, 'MB', NULL);
INSERT INTO public.sample_20261126 VALUES ('2026-11-26 23:00:49.528267+00', 2, 'addon', 'DATABASE', 'postgresql-angular-40817', 'heroku-postgres', 'db_size', 'gauge', 7340032512, 'bytes', NULL);


--
-- Data for Name: sample_20261127; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: sample_default; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_version VALUES (1, '0001_first_tables.sql', '2026-11-26 23:00:48.770838+00');
INSERT INTO public.schema_version VALUES (2, '0002_samples.sql', '2026-11-26 23:00:48.770838+00');
INSERT INTO public.schema_version VALUES (3, '0003_alerts.sql', '2026-11-26 23:00:48.770838+00');
INSERT INTO public.schema_version VALUES (4, '0004_frame_node.sql', '2026-11-26 23:00:48.770838+00');


--
-- Name: drain_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.drain_id_seq', 2, true);


--
-- Name: rejected_frame_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.rejected_frame_id_seq', 1, false);


--
-- Name: alert alert_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (node, raised_at, type, app);


--
-- Name: drain drain_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drain
    ADD CONSTRAINT drain_pkey PRIMARY KEY (id);


--
-- Name: drain drain_token_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.drain
    ADD CONSTRAINT drain_token_key UNIQUE (token);


--
-- Name: frame frame_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.frame
    ADD CONSTRAINT frame_pkey PRIMARY KEY (drain_id, id);


--
-- Name: rejected_frame rejected_frame_drain_frame_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rejected_frame
    ADD CONSTRAINT rejected_frame_drain_frame_id_key UNIQUE (drain, frame_id);


--
-- Name: rejected_frame rejected_frame_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rejected_frame
    ADD CONSTRAINT rejected_frame_pkey PRIMARY KEY (id);


--
-- Name: rollup rollup_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.rollup
    ADD CONSTRAINT rollup_pkey PRIMARY KEY (minute, app, node);


--
-- Name: schema_version schema_version_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);


--
-- Name: frame_received_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX frame_received_at ON public.frame USING brin (received_at);


--
-- Name: log_line_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX log_line_at ON ONLY public.log_line USING brin (at);


--
-- Name: log_line_20261126_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX log_line_20261126_at_idx ON public.log_line_20261126 USING brin (at);


--
-- Name: log_line_20261127_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX log_line_20261127_at_idx ON public.log_line_20261127 USING brin (at);


--
-- Name: log_line_default_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX log_line_default_at_idx ON public.log_line_default USING brin (at);


--
-- Name: request_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX request_at ON ONLY public.request USING brin (at);


--
-- Name: request_20261126_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX request_20261126_at_idx ON public.request_20261126 USING brin (at);


--
-- Name: request_20261127_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX request_20261127_at_idx ON public.request_20261127 USING brin (at);


--
-- Name: request_default_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX request_default_at_idx ON public.request_default USING brin (at);


--
-- Name: sample_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sample_at ON ONLY public.sample USING brin (at);


--
-- Name: sample_20261126_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sample_20261126_at_idx ON public.sample_20261126 USING brin (at);


--
-- Name: sample_20261127_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sample_20261127_at_idx ON public.sample_20261127 USING brin (at);


--
-- Name: sample_default_at_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sample_default_at_idx ON public.sample_default USING brin (at);


--
-- Name: log_line_20261126_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.log_line_at ATTACH PARTITION public.log_line_20261126_at_idx;


--
-- Name: log_line_20261127_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.log_line_at ATTACH PARTITION public.log_line_20261127_at_idx;


--
-- Name: log_line_default_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.log_line_at ATTACH PARTITION public.log_line_default_at_idx;


--
-- Name: request_20261126_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.request_at ATTACH PARTITION public.request_20261126_at_idx;


--
-- Name: request_20261127_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.request_at ATTACH PARTITION public.request_20261127_at_idx;


--
-- Name: request_default_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.request_at ATTACH PARTITION public.request_default_at_idx;


--
-- Name: sample_20261126_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_at ATTACH PARTITION public.sample_20261126_at_idx;


--
-- Name: sample_20261127_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_at ATTACH PARTITION public.sample_20261127_at_idx;


--
-- Name: sample_default_at_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.sample_at ATTACH PARTITION public.sample_default_at_idx;


--
-- PostgreSQL database dump complete
--


