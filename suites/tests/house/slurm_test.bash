#!/usr/bin/env bash
# ci/slurm on a real Slurm of one node, started here as root: eight shards as an array, one of them told to stop and one
# requeued by Slurm while they measure, and the merge behind them. The joined report must have the bytes of a run on one
# machine.
# Arguments: the root of the project, the executable relu0.
set -euo pipefail
project=$1 relu0=$2

skip() {
  echo "slurm: $*"
  exit 77
}
((EUID == 0)) || skip "starting Slurm takes root"
for program in munged slurmctld slurmd sbatch squeue scontrol; do
  command -v "$program" >/dev/null || skip "no $program; ci/install-packages tests installs slurm-wlm"
done

work=$(mktemp -d)
daemons=()
end() {
  status=$?
  ((status == 0)) || tail -n 20 "$work"/*.log "$work"/out/log/* 2>/dev/null || true
  for daemon in "${daemons[@]}"; do
    kill "$daemon" 2>/dev/null || true
  done
  wait "${daemons[@]}" 2>/dev/null || true
  rm -rf "$work"
  exit "$status"
}
trap end EXIT

die() {
  echo "slurm: $*" >&2
  exit 1
}

# within SECONDS WHAT COMMAND…: waits until the command succeeds.
within() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || die "waited in vain until $what"
    sleep 0.2
  done
}

# Ports that nobody listens on.
mapfile -t ports < <(python3 - <<'PYTHON'
import socket
sockets = [socket.socket() for _ in range(2)]
for one in sockets:
    one.bind(("", 0))
    print(one.getsockname()[1])
PYTHON
)
host=$(hostname -s)
mkdir -p "$work"/{state,spool,munge,tmp}
chmod 711 "$work"
chmod 700 "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=128 count=1 status=none
chmod 400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge.socket" --pid-file="$work/munge/pid" \
  --seed-file="$work/munge/seed" --log-file="$work/munged.log" 2>"$work/munged-errors.log" &
daemons+=($!)
cat >"$work/slurm.conf" <<CONF
ClusterName=relu0
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=10
MinJobAge=3600
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
within 20 "munged answers" test -S "$work/munge.socket"
slurmctld -D -c >"$work/slurmctld.log" 2>&1 &
daemons+=($!)
slurmd -D >"$work/slurmd.log" 2>&1 &
daemons+=($!)
within 60 "the node is idle" bash -c "sinfo --noheader --format=%t | grep -q idle"

# Some seconds for each shard, so that signals find them at work.
arguments=(precision --only precision=fp32 --images 8000 --networks 48)
export TMPDIR=$work/tmp
unset RELU0_DATA_DIR
submitted=$("$project/ci/slurm/submit" --shards 8 --out "$work/out" --relu0 "$relu0" -- "${arguments[@]}")
echo "$submitted"
array=${submitted#shards: job }
array=${array%%,*}

# What relu0 would refuse is not submitted.
if "$project/ci/slurm/submit" --shards 8 --out "$work/refused" --relu0 "$relu0" -- depht 2>"$work/refusal"; then
  die "an unknown experiment was submitted"
fi
grep -q "unknown experiment 'depht'" "$work/refusal" || die "not said why: $(<"$work/refusal")"
[[ ! -e $work/refused ]] || die "a refused run left files"

# A shard whose store is there has begun to measure.
stores() { compgen -G "$work/tmp/relu0-shard-$1.*/results.sqlite" >/dev/null; }
within 60 "shard 1 measures" stores 1
# The job's script is told to stop, as Slurm does before the time limit: it saves, and asks to be requeued. Not by
# scancel: Slurm takes no signal for a job in its first half minute.
kill -TERM "$(ps --no-headers -o ppid --pid "$(pgrep --full -- "--shard 1/8 .*$work/tmp")" | tr -d ' ')"
within 60 "shard 1 saved its store" test -f "$work/out/shards/1/results.sqlite"
# Requeued by Slurm, as when it is preempted.
within 120 "another shard measures" stores '[2-8]'
other=$(compgen -G "$work/tmp/relu0-shard-[2-8].*/results.sqlite" | head -n 1 | sed 's|.*relu0-shard-\(.\).*|\1|')
scontrol requeue "${array}_$other"

# Requeued jobs wait two minutes for their node unless they are told to begin now.
begin_now() {
  for job in $(squeue --noheader --array --states=PENDING --format=%i --name=relu0); do
    scontrol update "JobId=$job" StartTime=now 2>/dev/null || true
  done
  [[ -f $work/out/merged/report.html ]]
}
within 400 "the merge is done" begin_now

grep -q "interrupted, and saved" "$work/out/log/shard-1.log" || die "shard 1 did not ask to be requeued"
[[ $(grep -c "is complete" "$work/out/log/shard-$other.log") == 1 ]] || die "shard $other did not complete once"
[[ -z $(compgen -G "$work/tmp/relu0-*") ]] || die "a job left files on its node: $(ls "$work/tmp")"
"$relu0" run "${arguments[@]}" --out "$work/alone" >/dev/null 2>&1
for report in results.json summary.md junit.xml; do
  cmp "$work/alone/$report" "$work/out/merged/$report" || die "$report differs from that of a run on one machine"
done
echo "eight shards, one told to stop and one requeued: the same results as on one machine"
