#!/usr/bin/env bash
# What ci/gpu asks for, and what it says where something is missing. Argument: the root of the project.
# shellcheck source=stub_project.bash
source "$(dirname "${BASH_SOURCE[0]}")/stub_project.bash"
gpu=$project/ci/gpu
export RELU0_NVIDIA_DEVICE=$work/nvidiactl

# No GPU: neither the driver's device nor a program that names one.
stub "$work/bin/nvidia-smi" <<<'exit 9'
check "no GPU" 5 "$gpu"
[[ $said == *"no NVIDIA GPU here"* && -z $called ]] || die "it began without a GPU"

# A program that names one is as good as the device.
stub "$work/bin/nvidia-smi" <<<'echo "GPU 0: a GPU"'
unset Torch_DIR
stub "$work/bin/python3" <<<'exit 1'
check "no LibTorch" 3 "$gpu"
[[ $said == *"Torch_DIR is not set, and python3 has no torch"* && -z $called ]] || die "it began without LibTorch"

: >"$work/nvidiactl"
stub "$work/bin/nvidia-smi" <<<'exit 9'
torch=$work/libtorch/share/cmake/Torch
check "a wrong Torch_DIR" 3 env Torch_DIR="$torch" "$gpu"
[[ $said == *"no TorchConfig.cmake in '$torch'"* ]] || die "the folder is not named"
mkdir -p "$torch" "$work/libtorch/lib"
: >"$torch/TorchConfig.cmake"
check "a LibTorch for the CPU" 3 env Torch_DIR="$torch" "$gpu"
[[ $said == *"is not built for CUDA"* && -z $called ]] || die "it began with a LibTorch for the CPU"

# What python3's torch names is taken where Torch_DIR is not set.
: >"$work/libtorch/lib/libtorch_cuda.so"
stub "$work/bin/python3" <<<"echo '$work/libtorch/share/cmake'"
stub "$work/bin/ctest" <<'CTEST'
echo "ctest $* in $PWD" >>"$WORK/calls"
exit "$(<"$WORK/status_of_tests")"
CTEST
mkdir -p "$project/build/gpu/suites"
stub "$project/build/gpu/suites/relu0" <<'RELU0'
echo "relu0 $*" >>"$WORK/calls"
exit "$(<"$WORK/status")"
RELU0
echo 0 >"$work/status"
echo 0 >"$work/status_of_tests"
check "everything there" 0 "$gpu"
[[ $called == "install-packages all"$'\n'"cmake --preset gpu -D Torch_DIR=$torch in $project"$'\n'"cmake --build $project/build/gpu "*$'\n'"ctest --preset gpu -L gpu "*$'\n'"relu0 run --device cuda --scale quick --out $project/relu0-out/gpu" ]] ||
  die "it does not install, configure, build, test and measure, in this order"

# The caller's arguments.
check "the caller's arguments" 0 "$gpu" --no-install conv-volume --device cuda:nondeterministic --scale=paper --out here
[[ $called != *install-packages* && $called == *"relu0 run conv-volume --device cuda:nondeterministic --scale=paper --out here" ]] ||
  die "they are not passed on as they are"

# Failures.
echo 8 >"$work/status_of_tests"
check "a test that fails" 8 "$gpu"
[[ $called == *"relu0 run"* && $said == *"tests that need a GPU failed"* ]] || die "the experiments are left out after a failed test"
echo 2 >"$work/status"
check "relu0's exit code is passed on" 2 "$gpu"
stub "$project/ci/install-packages" <<'INSTALL'
[[ $1 != --list ]] || echo "libfmt-dev"
[[ $1 == --list ]] || exit 3
INSTALL
stub "$work/bin/cmake" <<<'exit 1'
check "a build that fails, on a system without apt" 1 "$gpu"
[[ $said == *"going on with what is there"*"libfmt-dev"* && $called != *relu0* ]] || die "what it takes is not named"
echo "all as expected"
