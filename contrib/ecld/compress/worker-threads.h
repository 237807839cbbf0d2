/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_WORKER_THREADS_H
#define ECLD_WORKER_THREADS_H

#include <cstddef>
#include <functional>

namespace ecld
{

/**
 * @brief Run tasks side by side, each on a thread of its own where the machine gives as many, and
 * wait for all.
 *
 * What they do must not depend on how many there are, so that files have the same bytes on every
 * machine.
 *
 * @param count how many; one runs on the caller's thread
 * @param task given 0 to count - 1
 * @throws what the task of the lowest number threw, when all have ended
 */
void RunThreads(std::size_t count, const std::function<void(std::size_t)>& task);

} // namespace ecld

#endif // ECLD_WORKER_THREADS_H
