/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "worker-threads.h"

#include <exception>
#include <thread>
#include <vector>

namespace ecld
{

void
RunThreads(std::size_t count, const std::function<void(std::size_t)>& task)
{
    std::vector<std::exception_ptr> problems(count);
    const auto run = [&](std::size_t number) {
        try
        {
            task(number);
        }
        catch (...)
        {
            problems[number] = std::current_exception();
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t number = 1; number < count; ++number)
    {
        threads.emplace_back(run, number);
    }
    if (count > 0)
    {
        run(0);
    }
    for (std::thread& thread : threads)
    {
        thread.join();
    }
    for (const std::exception_ptr& problem : problems)
    {
        if (problem)
        {
            std::rethrow_exception(problem);
        }
    }
}

} // namespace ecld
