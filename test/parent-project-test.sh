#!/usr/bin/env bash
# Another CMake project adds the module as a subdirectory and compiles a file that uses it.
# parent-project-test.sh CMAKE SOURCE
set -euo pipefail

cmake=$1 source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$cmake" -S "$source/test/parent-project" -B "$folder" -G "Unix Makefiles" -DLLM_MEC_SOURCE="$source" \
  >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; exit 1; }
# One file, and not the libraries that it would be linked with.
make -C "$folder" -f CMakeFiles/study.dir/build.make CMakeFiles/study.dir/study.cc.o
