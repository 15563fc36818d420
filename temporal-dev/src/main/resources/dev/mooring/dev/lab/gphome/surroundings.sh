# Read by the programs of this GPHOME: none finds its libraries before greenplum_path.sh was read.
home=$(cd "${0%/*}/.." && pwd)
if [ "${GPHOME-}" != "$home" ]; then
  echo "${0##*/}: error while loading shared libraries: greenplum_path.sh of $home was not read" >&2
  exit 127
fi
