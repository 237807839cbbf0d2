/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TORCH_THREADS_H
#define ECLD_TORCH_THREADS_H

namespace ecld
{

/**
 * Let LibTorch, and OpenBLAS where it is below, compute with so many threads from here on.
 *
 * The order of sums depends on the number: the same seed gives the same bytes with the same number
 * of threads, on any number of cores. Small models are slower with more than one, because two pools
 * of threads spin for each other.
 *
 * @param count threads, > 0
 */
void SetTorchThreads(int count);

} // namespace ecld

#endif // ECLD_TORCH_THREADS_H
