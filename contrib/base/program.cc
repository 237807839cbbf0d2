/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "program.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>

namespace base
{

namespace
{

// A function that exit calls has nothing but statics to read.
const char* g_name = "";

/// Say where printed text was lost. At exit, because help pages end the program from within.
extern "C" void
CheckStandardOutput()
{
    std::cout.flush();
    if (!std::cout || std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    {
        std::cerr << g_name << ": standard output: cannot be written\n";
        std::_Exit(EXIT_FAILURE);
    }
}

/// @param argc number of arguments @param argv arguments @return whether --version is among them
bool
AsksForVersion(int argc, char* argv[])
{
    for (int i = 1; i < argc; ++i)
    {
        if (std::strcmp(argv[i], "--version") == 0)
        {
            return true;
        }
    }
    return false;
}

} // namespace

int
RunProgram(const char* name, int argc, char* argv[], const std::function<void()>& run)
{
    g_name = name;
    // A write that fails says so, instead of ending the process without a word.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    std::atexit(CheckStandardOutput);
    try
    {
        if (AsksForVersion(argc, argv))
        {
            std::cout << name << ' ' << LLM_MEC_VERSION << '\n';
            return EXIT_SUCCESS;
        }
        run();
        return EXIT_SUCCESS;
    }
    catch (const std::exception& error)
    {
        std::cerr << name << ": " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}

} // namespace base
