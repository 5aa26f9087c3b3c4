#!/usr/bin/env bash
# A one-host Ceph with a RADOS gateway (S3) on loopback, made in seconds, for tests.
#
#   ceph.sh start   make the cluster in CEPH_DIR, start it, create the S3 user, return when the gateway answers
#   ceph.sh stop    end the daemons in order; a later start goes on with the same data (CEPH_STORE=bluestore)
#   ceph.sh crash   kill the gateway and start it again, over the same data
#   ceph.sh wipe    end the daemons at once and delete CEPH_DIR
#
# Needs Debian's radosgw, ceph-mon, ceph-osd, ceph-common and curl; no root, no systemd, no /etc/ceph, no keyrings.
# Several can run beside each other, each with a CEPH_DIR, RGW_PORT and MON_PORT of its own.
#
# Settings, all from the environment:
#   CEPH_DIR       scratch directory                     (required)
#   RGW_PORT       the gateway's port on 127.0.0.1       (7480)
#   MON_PORT       the monitor's port on 127.0.0.1       (40300)
#   CEPH_STORE     memstore: in RAM; bluestore: on disc  (memstore)
#   CEPH_BYTES     capacity of the store                 (4 GiB)
#   S3_ACCESS_KEY, S3_SECRET_KEY                         (cephadmin, cephadminsecret)
set -euo pipefail

: "${CEPH_DIR:?a scratch directory is needed}"
RGW_PORT=${RGW_PORT:-7480}
MON_PORT=${MON_PORT:-40300}
CEPH_STORE=${CEPH_STORE:-memstore}
CEPH_BYTES=${CEPH_BYTES:-$((4 * 1024 * 1024 * 1024))}
S3_ACCESS_KEY=${S3_ACCESS_KEY:-cephadmin}
S3_SECRET_KEY=${S3_SECRET_KEY:-cephadminsecret}

# Read by every Ceph program in place of /etc/ceph/ceph.conf.
export CEPH_CONF=$CEPH_DIR/ceph.conf

configuration() {
  cat <<CONF
[global]
fsid = $1
mon host = v2:127.0.0.1:$MON_PORT
mon initial members = a
# Without these the OSD binds to every interface.
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
# No cephx: there is nobody else on loopback. The gateway's default, 'secure' alone, would then never connect.
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = $CEPH_DIR/run
admin socket = $CEPH_DIR/run/\$name.\$pid.asok
pid file =
log file = $CEPH_DIR/log/\$name.log
log to stderr = false
err to stderr = true
crash dir = $CEPH_DIR/crash
# One copy on one OSD of one host.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
# Monitor decisions are batched for a second otherwise: half of the start.
paxos propose interval = 0.05
paxos min wait = 0.01
# The host's own disc may be nearly full: not our concern.
mon data avail warn = 2
mon data avail crit = 1

[mon]
mon data = $CEPH_DIR/mon
mon cluster log file = $CEPH_DIR/log/cluster.log

[osd]
osd data = $CEPH_DIR/osd
osd objectstore = $CEPH_STORE
# A memstore is written to disc by an orderly end only.
osd fast shutdown = false
memstore device bytes = $CEPH_BYTES
bluestore block size = $CEPH_BYTES
bluestore block create = true
osd memory target = 939524096
osd op num shards = 2
osd op num threads per shard = 1

[client.rgw]
rgw data = $CEPH_DIR/rgw
# Without tcp_nodelay every GET on a kept-alive connection waits 40 ms for a delayed ACK.
rgw frontends = beast endpoint=127.0.0.1:$RGW_PORT tcp_nodelay=1
rgw thread pool size = 64
# Deleted data is kept for two hours by default: a store in RAM would fill up.
rgw gc obj min wait = 1
rgw gc processor period = 5
# As few objects to make at the first start as will do.
rgw gc max objs = 4
rgw lc max objs = 4
rgw usage max shards = 1
rgw objexp hints num shards = 1
rgw md log max shards = 1
rgw data log num shards = 1
rgw enable usage log = false
rgw enable ops log = false
CONF
}

# launch NAME COMMAND…: in a session of its own, so that a Ctrl-C meant for the tests does not reach it
launch() {
  local name=$1
  shift
  setsid "$@" > "$CEPH_DIR/log/$name.out" 2>&1 < /dev/null &
  echo $! > "$CEPH_DIR/pid/$name"
}

running() { [ -s "$CEPH_DIR/pid/$1" ] && kill -0 "$(cat "$CEPH_DIR/pid/$1")" 2> /dev/null; }

# await SECONDS DAEMON PREDICATE…: until it holds; at once an error when the daemon has died
await() {
  local tries=$(($1 * 20)) daemon=$2
  shift 2
  while ! "$@" > /dev/null 2>&1; do
    if ! running "$daemon" || [ $((tries--)) -le 0 ]; then
      echo "ceph.sh: '$daemon' did not get ready ($*); its last words:" >&2
      tail -n 20 "$CEPH_DIR/log/$daemon.out" >&2 || true
      return 1
    fi
    sleep 0.05
  done
}

monitor_listens() { (exec 3<> "/dev/tcp/127.0.0.1/$MON_PORT") 2> /dev/null; }
osd_up() { ceph --connect-timeout 5 osd stat | grep -q '1 up'; }
gateway_answers() { curl -sf -m 2 -o /dev/null "http://127.0.0.1:$RGW_PORT/"; }

make_monitor() {
  local fsid
  fsid=$(cat /proc/sys/kernel/random/uuid)
  rm -rf "$CEPH_DIR"
  mkdir -p "$CEPH_DIR"/{run,log,crash,mon,osd,rgw,pid}
  configuration "$fsid" > "$CEPH_CONF"
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$MON_PORT]" "$CEPH_DIR/monmap" > "$CEPH_DIR/log/monmap.out"
  ceph-mon -i a --mkfs --monmap "$CEPH_DIR/monmap"
}

make_osd() {
  local uuid
  uuid=$(cat /proc/sys/kernel/random/uuid)
  ceph osd new "$uuid" > /dev/null
  ceph-osd -i 0 --mkfs --osd-uuid "$uuid" > "$CEPH_DIR/log/osd-mkfs.out" 2>&1
}

make_user() {
  radosgw-admin -n client.rgw user create --uid=tests --display-name=Tests --max-buckets=0 \
    --access-key="$S3_ACCESS_KEY" --secret-key="$S3_SECRET_KEY" > "$CEPH_DIR/log/user.out" 2>&1
}

start() {
  if running rgw; then return; fi
  local fresh=no
  if [ ! -e "$CEPH_DIR/made" ]; then
    fresh=yes
    make_monitor
  fi
  launch mon ceph-mon -f -i a
  # A Ceph client that knocks before the monitor listens backs off for seconds: hence the bare port first.
  await 30 mon monitor_listens
  if [ $fresh = yes ]; then make_osd; fi
  launch osd ceph-osd -f -i 0
  await 60 osd osd_up
  launch rgw radosgw -f -n client.rgw
  await 120 rgw gateway_answers
  if [ $fresh = yes ]; then
    make_user
    touch "$CEPH_DIR/made"
  fi
  echo "http://127.0.0.1:$RGW_PORT"
}

crash() {
  kill -KILL "$(cat "$CEPH_DIR/pid/rgw")"
  while running rgw; do sleep 0.05; done
  launch rgw radosgw -f -n client.rgw
  await 120 rgw gateway_answers
}

# end SIGNAL: gateway first, monitor last; whoever outlives it by 20 s is killed
end() {
  local name pid tries
  for name in rgw osd mon; do
    if running "$name"; then
      pid=$(cat "$CEPH_DIR/pid/$name")
      kill "-$1" "$pid" 2> /dev/null || true
      tries=200
      while kill -0 "$pid" 2> /dev/null && [ $((tries--)) -gt 0 ]; do sleep 0.1; done
      kill -KILL "$pid" 2> /dev/null || true
    fi
    rm -f "$CEPH_DIR/pid/$name"
  done
}

case "${1:-}" in
  start) start ;;
  stop) end TERM ;;
  crash) crash ;;
  wipe)
    end KILL
    rm -rf "$CEPH_DIR"
    ;;
  *)
    echo "usage: CEPH_DIR=… $0 start|stop|crash|wipe" >&2
    exit 2
    ;;
esac
