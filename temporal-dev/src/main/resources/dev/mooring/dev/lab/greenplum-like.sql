CREATE EXTENSION dblink;
CREATE SCHEMA greenplum;
GRANT USAGE ON SCHEMA greenplum TO PUBLIC;
ALTER DATABASE postgres SET search_path = greenplum, pg_catalog, public;

CREATE FUNCTION greenplum.current_setting(name text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE name
    WHEN 'gp_dbid' THEN pg_catalog.current_setting('greenplum.dbid')
    WHEN 'gp_contentid' THEN pg_catalog.current_setting('greenplum.contentid')
    WHEN 'gp_role' THEN coalesce(
      nullif(pg_catalog.current_setting('greenplum.role', true), ''), 'dispatch')
    WHEN 'server_version_num' THEN coalesce(
      nullif(pg_catalog.current_setting('greenplum.server_version_num', true), ''),
      pg_catalog.current_setting(name))
    ELSE pg_catalog.current_setting(name) END
$$;

CREATE FUNCTION greenplum.version() RETURNS text LANGUAGE sql AS $$
  SELECT 'PostgreSQL 12.12 (Greenplum Database 7.1.0 build emulated) on ' || pg_catalog.version()
$$;

-- ARRAY(SELECT ...) without a row is NULL there; the front puts this operator before each
CREATE FUNCTION greenplum.null_if_empty(made anyarray) RETURNS anyarray LANGUAGE sql AS $$
  SELECT CASE WHEN pg_catalog.cardinality(made) > 0 THEN made END
$$;
CREATE OPERATOR greenplum.@ (RIGHTARG = anyarray, FUNCTION = greenplum.null_if_empty);

CREATE TABLE greenplum.gp_segment_configuration (
  dbid smallint PRIMARY KEY, content smallint, role "char", preferred_role "char", mode "char",
  status "char", port int, hostname text, address text, datadir text);
GRANT SELECT ON greenplum.gp_segment_configuration TO PUBLIC;

CREATE TABLE greenplum.dispatch (dbid smallint PRIMARY KEY, conninfo text);

-- the coordinator's records of distributed commits that not every segment was told of
CREATE TABLE greenplum.distributed_commit (gid text PRIMARY KEY);

-- a message in the WAL beside such a record: the emulated pg_waldump shows it as DISTRIBUTED_COMMIT
CREATE FUNCTION greenplum.log_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_logical_emit_message(true, 'distributed_commit ' || NEW.gid, '');
  RETURN NULL;
END $$;
CREATE TRIGGER log_commit AFTER INSERT ON greenplum.distributed_commit
  FOR EACH ROW EXECUTE FUNCTION greenplum.log_commit();

-- TwophaseCommitLock is no lock of the lock manager: who waits for it is seen in pg_stat_activity,
-- who holds it nowhere
CREATE FUNCTION greenplum.waits_for_commits(pid int) RETURNS boolean
  LANGUAGE sql SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = $1 AND l.locktype = 'advisory'
                    AND l.objid = 7202 AND NOT l.granted)
$$;

CREATE VIEW greenplum.pg_stat_activity AS
  SELECT datid, datname, pid, usesysid, usename, application_name, client_addr, client_hostname,
         client_port, backend_start, xact_start, query_start, state_change,
         CASE WHEN greenplum.waits_for_commits(pid) THEN 'LWLock' ELSE wait_event_type END
           AS wait_event_type,
         CASE WHEN greenplum.waits_for_commits(pid) THEN 'TwophaseCommitLock' ELSE wait_event END
           AS wait_event,
         state, backend_xid, backend_xmin, query, backend_type
    FROM pg_catalog.pg_stat_activity;
GRANT SELECT ON greenplum.pg_stat_activity TO PUBLIC;

CREATE FUNCTION greenplum.pg_blocking_pids(pid int) RETURNS int[] LANGUAGE sql AS $$
  SELECT CASE WHEN greenplum.waits_for_commits($1) THEN '{}'::int[]
              ELSE pg_catalog.pg_blocking_pids($1) END
$$;

CREATE FUNCTION greenplum.require_dispatch(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF greenplum.current_setting('gp_role') <> 'dispatch' THEN
    RAISE EXCEPTION 'cannot use %() when not in QD mode', what;
  END IF;
END $$;

-- whether there is a connection of this name that can be asked; one that can't be is given up
CREATE FUNCTION greenplum.is_connected(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF name <> ALL (coalesce(public.dblink_get_connections(), '{}')) THEN
    RETURN false;
  END IF;
  PERFORM FROM public.dblink(name, 'SELECT 1') AS r (one int);
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  PERFORM public.dblink_disconnect(name);
  RETURN false;
END $$;

-- the query on every primary segment at once; all are connected to before any is asked. The connections stay as
-- long as the session, as a dispatcher's do; one that does not answer any more is made anew
CREATE FUNCTION greenplum.on_segments(query text)
  RETURNS TABLE (content smallint, lsn pg_lsn, file text) LANGUAGE plpgsql AS $$
DECLARE
  segment record;
BEGIN
  FOR segment IN SELECT 'seg' || c.content AS name, d.conninfo
                   FROM greenplum.gp_segment_configuration AS c
                   JOIN greenplum.dispatch AS d USING (dbid)
                  WHERE c.role = 'p' AND c.content >= 0 LOOP
    BEGIN
      IF NOT greenplum.is_connected(segment.name) THEN
        PERFORM public.dblink_connect(segment.name, segment.conninfo);
      END IF;
    EXCEPTION WHEN OTHERS THEN
      RAISE EXCEPTION 'failed to acquire resources on one or more segments'
        USING DETAIL = SQLERRM;
    END;
  END LOOP;
  PERFORM public.dblink_send_query(name, query)
     FROM unnest(public.dblink_get_connections()) AS name;
  FOR segment IN SELECT c.content FROM greenplum.gp_segment_configuration AS c
                  WHERE c.role = 'p' AND c.content >= 0 LOOP
    RETURN QUERY SELECT segment.content, r.lsn, r.file
      FROM public.dblink_get_result('seg' || segment.content) AS r (lsn pg_lsn, file text);
    -- the end of the answers is one of them: only then may the connection be asked again
    PERFORM FROM public.dblink_get_result('seg' || segment.content) AS r (lsn pg_lsn, file text);
  END LOOP;
END $$;

-- TwophaseCommitLock is taken by LWLockAcquire, which holds cancel and termination off: a
-- statement_timeout passes unheard until the lock is had, and the record is written all the same
CREATE FUNCTION greenplum.hold_commits() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOOP
    BEGIN
      PERFORM pg_advisory_xact_lock(7202);
      RETURN;
    EXCEPTION WHEN query_canceled THEN
      CONTINUE;
    END;
  END LOOP;
END $$;

-- the lock that every two-phase commit holds shared while it is broadcast
CREATE FUNCTION greenplum.gp_create_restore_point(name text)
  RETURNS TABLE (gp_segment_id smallint, restore_lsn pg_lsn)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  PERFORM greenplum.require_dispatch('gp_create_restore_point');
  IF name IS NULL THEN
    RETURN;
  END IF;
  PERFORM greenplum.hold_commits();
  CREATE TEMP TABLE IF NOT EXISTS made (content smallint, lsn pg_lsn);
  DELETE FROM pg_temp.made;
  INSERT INTO pg_temp.made
    SELECT s.content, s.lsn FROM greenplum.on_segments(
      format('SELECT pg_create_restore_point(%L), NULL::text', name)) AS s;
  INSERT INTO pg_temp.made VALUES (-1, pg_create_restore_point(name));
  RETURN QUERY SELECT m.content, m.lsn FROM pg_temp.made AS m ORDER BY m.content;
END $$;

CREATE FUNCTION greenplum.gp_switch_wal()
  RETURNS TABLE (gp_segment_id smallint, pg_switch_wal pg_lsn, pg_walfile_name text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  own pg_lsn;
BEGIN
  PERFORM greenplum.require_dispatch('gp_switch_wal');
  RETURN QUERY SELECT * FROM greenplum.on_segments(
    'SELECT lsn, pg_walfile_name(lsn) FROM pg_switch_wal() AS lsn');
  own := pg_catalog.pg_switch_wal();
  RETURN QUERY SELECT (-1)::smallint, own, pg_catalog.pg_walfile_name(own);
END $$;

REVOKE EXECUTE ON FUNCTION greenplum.on_segments(text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION greenplum.gp_create_restore_point(text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION greenplum.gp_switch_wal() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION greenplum.gp_create_restore_point(text) TO mooring;
GRANT EXECUTE ON FUNCTION greenplum.gp_switch_wal() TO mooring;
