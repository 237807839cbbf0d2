/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SIGNALLED_RERUN_H
#define ECLD_SIGNALLED_RERUN_H

#include "temporary-folder.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace ecld
{

/// The environment's variable that names the folder of a rerun
constexpr const char* RERUN_VARIABLE = "ECLD_RERUN_FOLDER";

/// @return the folder that a rerun works in, empty in the first run of a test
inline std::string
GetRerunFolder()
{
    const char* folder = std::getenv(RERUN_VARIABLE);
    return folder != nullptr ? folder : "";
}

/**
 * @brief Run the present test once more, in a process of its own, and send it a signal once it has
 * written a file.
 *
 * A fork would not do: LibTorch trains in no fork of a process that has trained.
 * @param folder what GetRerunFolder returns in the rerun
 * @param file name of the file in the folder
 * @param signal the signal
 * @return what waitpid says, also where the rerun ends without the file
 */
inline int
SignalRerun(const TemporaryFolder& folder, const std::string& file, int signal)
{
    const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string program = "rerun";
    std::string filter =
        std::string("--gtest_filter=") + test->test_suite_name() + "." + test->name();
    char* const arguments[] = {program.data(), filter.data(), nullptr};
    pid_t child = 0;
    setenv(RERUN_VARIABLE, folder.GetPath().c_str(), 1);
    // A shell has its background jobs ignore Ctrl-C; the rerun does not.
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int each : {SIGINT, SIGTERM, SIGHUP})
    {
        sigaddset(&defaults, each);
    }
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int error =
        posix_spawn(&child, "/proc/self/exe", nullptr, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    unsetenv(RERUN_VARIABLE);
    if (error != 0)
    {
        throw std::system_error(error, std::generic_category(), "posix_spawn");
    }
    int status = 0;
    while (!std::filesystem::exists(folder / file))
    {
        if (waitpid(child, &status, WNOHANG) == child)
        {
            return status;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    kill(child, signal);
    waitpid(child, &status, 0);
    return status;
}

} // namespace ecld

#endif // ECLD_SIGNALLED_RERUN_H
