/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ONE_THREAD_H
#define ECLD_ONE_THREAD_H

namespace ecld
{

/**
 * Let LibTorch, and OpenBLAS where it is below, compute in the calling thread alone.
 *
 * Sums then have one order, so the same seed gives the same bytes on any number of cores; and small
 * models are slower with two pools of threads that spin for each other.
 */
void UseOneThread();

} // namespace ecld

#endif // ECLD_ONE_THREAD_H
