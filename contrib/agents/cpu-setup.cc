/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "cpu-setup.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace agents
{

void
SetUpCpu()
{
    constexpr int keep = 0; // do not replace what the user has set
    setenv("OMP_NUM_THREADS", "1", keep);
    setenv("OPENBLAS_NUM_THREADS", "1", keep);
    setenv("MKL_NUM_THREADS", "1", keep);
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    {
        setenv("ATEN_CPU_CAPABILITY", "avx512", keep);
        setenv("OPENBLAS_CORETYPE", "SkylakeX", keep);
    }
#endif
#ifdef __GLIBC__
    constexpr int gibibyte = 1 << 30;
    mallopt(M_MMAP_THRESHOLD, gibibyte);
    mallopt(M_TRIM_THRESHOLD, gibibyte);
#endif
}

} // namespace agents
