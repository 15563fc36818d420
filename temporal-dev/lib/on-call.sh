# shellcheck shell=sh
# The night of docs/on-call.md on this machine: a real Prometheus sees that a primary is gone, a real Alertmanager calls
# the worker's hook, the failover makes its plan and waits, the person who is woken approves it.
# Wants what temporal-dev/demo has defined: $here, $root, $moved, $work, mooring, scene, planned, start_worker.
# shellcheck disable=SC2154,SC2034

prometheus=
alertmanager=

# write_monitors: what a site has: the rules of docs/operations/alerts.md, a route to the hook, a hook, a channel to the
# person on call. The intervals are shorter than usual.
write_monitors() {
  port=${TEMPORAL_ADDRESS##*:}
  page=127.0.0.1:$((port + 2000))
  hooks=127.0.0.1:$((port + 2001))
  alerts=127.0.0.1:$((port + 2002))
  metrics=127.0.0.1:$((port + 2003))
  phone=$work/phone
  (
    umask 077
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$work/token"
  )
  cat >"$work/hooks.yaml" <<YAML
listen: $hooks
hooks:
  - name: alertmanager
    format: alertmanager
    bearer: file:$work/token
    rules:
$(sed -n '/match: {\/labels\/alertname: MooringDiagnosis/,/runbook:/p' "$root/docs/operations/hooks.md")
YAML
  sed -n '/^groups:$/,/^```$/p' "$root/docs/operations/alerts.md" | sed '$d' >"$work/rules.yaml"
  cat >"$work/prometheus.yaml" <<YAML
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$work/rules.yaml]
scrape_configs:
  - {job_name: mooring, static_configs: [{targets: ["$page"]}]}
alerting:
  alertmanagers: [{static_configs: [{targets: ["$alerts"]}]}]
YAML
  cat >"$work/alertmanager.yaml" <<YAML
route: {receiver: mooring, group_by: [alertname, cluster], group_wait: 0s, group_interval: 1s}
receivers:
  - name: mooring
    webhook_configs:
      - url: http://$hooks/hooks/alertmanager
        http_config: {authorization: {credentials_file: $work/token}}
YAML
  cat >>"$MOORING_CONFIG_DIR/$moved.yaml" <<YAML
watch: {every: PT1S, beginAfterLooks: 2, endAfterLooks: 2}
notices: {channels: [{name: phone, command: "printf '%s\\\\n' {text} >>$phone"}]}
YAML
}

# start_monitors: both are on the PATH, where temporal-dev/setup has found them.
start_monitors() {
  prometheus --config.file="$work/prometheus.yaml" --storage.tsdb.path="$work/prometheus" \
    --web.listen-address="$metrics" >"$work/prometheus.log" 2>&1 8>&- &
  prometheus=$!
  prometheus-alertmanager --config.file="$work/alertmanager.yaml" --storage.path="$work/alertmanager" \
    --web.listen-address="$alerts" --cluster.listen-address= >"$work/alertmanager.log" 2>&1 8>&- &
  alertmanager=$!
}

stop_monitors() {
  for monitor in $prometheus $alertmanager; do
    kill "$monitor" 2>/dev/null || true
    wait "$monitor" 2>/dev/null || true
  done
}

# await SECONDS FACT COMMAND...: waits until the command says so.
await() {
  end=$(($(date +%s) + $1))
  fact=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || fail "not within the time it has: $fact" "the logs are in $work until this ends: --on-call again"
    sleep 0.2
  done
}

is_scraped() {
  curl -fsS "http://$metrics/api/v1/query?query=mooring_watch_open" | grep -q '"value":\[[0-9.]*,"1"\]'
}

is_woken() {
  grep -q 'mooring approve' "$phone"
}

# page_shows_plan: a busy machine may miss the seconds that the page gives a run: a later page asks it again.
page_shows_plan() {
  curl -fsS --max-time 30 "http://$page/" >"$work/page" && grep -q 'verdict on east-0: POSTMASTER_DEAD' "$work/page"
}

# status_shows WORDS...: whether a look shows all of them; a warning is no failure.
status_shows() {
  status=0
  "$root/starter/bin/mooring" status "$moved" >"$work/status" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq 6 ] || return 1
  for shown in "$@"; do
    grep -q "$shown" "$work/status" || return 1
  done
}

# show_status_with WORDS...: a busy machine may miss the seconds that a look has: it is made again until it shows them.
show_status_with() {
  say "\$ mooring status $moved"
  await 180 "mooring status $moved shows: $*" status_shows "$@"
  cat "$work/status"
}

night() {
  scene 'a primary with two standbys, clients that write through PgBouncer, a worker with a hook'
  "$here/lab" up streaming --standbys 2 --pgbouncer --name "$moved" | tee "$work/lab"
  lab=$(sed -n 's|^\. \(.*\)/env sets .*|\1|p' "$work/lab")
  [ -n "$lab" ] || fail 'the lab did not come up' "its own message stands above; temporal-dev/lab status --name $moved"
  # shellcheck disable=SC1091
  . "$lab/env"
  write_monitors
  worker_options="--site east --site west --http-port $page --hooks $work/hooks.yaml"
  start_worker
  start_monitors
  "$here/lab" load start --through-pgbouncer --name "$moved"
  await 60 'the worker serves' curl -fsS "http://$page/health"
  mooring monitor "$moved" on
  mooring publish "$moved"
  await 60 'Prometheus sees the watch' is_scraped

  scene 'the primary dies at night'
  "$here/lab" break kill east-0 --name "$moved"
  died=$(date +%s)
  await 60 'the person on call is woken' is_woken
  say "woken $(($(date +%s) - died)) s later. The message:"
  cat "$phone"
  await 180 'the page of the worker shows the plan' page_shows_plan
  say "the page of the worker, http://$page/, begins with: $(sed -n 's|.*<h1>\(.*\)</h1>.*|\1|p' "$work/page")"

  scene 'the plan is approved'
  run=$(sed -n 's/.*mooring approve \([^ ]*\) --digest.*/\1/p' "$phone" | head -n 1)
  digest=$(sed -n 's/.*mooring approve [^ ]* --digest \([0-9a-f]*\).*/\1/p' "$phone" | head -n 1)
  mooring approve "$run" --digest "$digest" --reason 'east-0 is dead, nothing is lost'
  mooring follow "$run"

  scene 'the old primary comes back, and does not start'
  start_fenced

  scene 'the next morning'
  show_status_with '1 of 2 standbys stream' 'east-0 lost-transactions'
  planned resilver --instances east-0
  mooring resilver "$moved" --instances east-0 --system-identifier-ends any --digest "$digest" --reason 'the host of east-0 is well again'
  show_status_with '2 of 2 standbys stream'
  mooring report "$run" --format html >"$work/report.html"
  say "$(wc -c <"$work/report.html") bytes of report"
  "$here/lab" load stop --name "$moved"
}
