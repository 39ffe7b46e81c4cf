# shellcheck shell=bash
# Prepares a build folder. Sourced by deploy/run.sh and tests/run.sh.

# configure PRESET OPTION...: configures build/PRESET with these options of cmake, and starts over if the folder was made
# for sources in another place. Prints failures only. Sixteen sources are compiled as one, which takes a third of the
# time for all of them; after a change of one file it takes longer, so the presets alone do not ask for it.
configure() {
  local folder="build/$1" sources said
  sources="$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2> /dev/null || true)"
  if [ -n "$sources" ] && ! [ "$sources" -ef . ]; then
    echo "$folder was made for $sources: it is removed and made again."
    rm -rf "$folder"
  fi
  said="$(cmake -D CMAKE_UNITY_BUILD=ON -D CMAKE_UNITY_BUILD_BATCH_SIZE=16 --preset "$@" 2>&1)" || { echo "$said" >&2; return 1; }
}
