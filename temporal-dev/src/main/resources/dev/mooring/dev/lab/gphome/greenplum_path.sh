# Written for bash, as the forks' own is: in another shell it does not find where it stands.
GPHOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" >/dev/null 2>&1 && pwd)
PATH=$GPHOME/bin:$PATH
LD_LIBRARY_PATH=$GPHOME/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export GPHOME PATH LD_LIBRARY_PATH
