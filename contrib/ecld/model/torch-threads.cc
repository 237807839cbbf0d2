/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "torch-threads.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>

namespace ecld
{

void
SetTorchThreads(int count)
{
    at::set_num_threads(count);
    // OpenBLAS is one of several libraries that may be behind LibTorch's products, so it is asked
    // for by name.
    using SetThreads = void (*)(int);
    if (void* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    {
        reinterpret_cast<SetThreads>(symbol)(count);
    }
}

} // namespace ecld
