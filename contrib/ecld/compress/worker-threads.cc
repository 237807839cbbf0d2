/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "worker-threads.h"

#include <algorithm>
#include <exception>
#include <system_error>
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
    threads.reserve(count);
    std::size_t started = std::min<std::size_t>(1, count);
    try
    {
        for (; started < count; ++started)
        {
            threads.emplace_back(run, started);
        }
    }
    catch (const std::system_error&)
    {
        // As many as the machine gives; the caller does the rest.
    }
    if (count > 0)
    {
        run(0);
    }
    for (; started < count; ++started)
    {
        run(started);
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
