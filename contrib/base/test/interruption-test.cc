/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/interruption.h"

#include <csignal>
#include <gtest/gtest.h>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

namespace base
{

namespace
{

/// Exit codes of the processes below
constexpr int INTERRUPTED = 3;
constexpr int NOT_INTERRUPTED = 4;

/**
 * The flag stays up once it is, so every case has a process of its own.
 * @param handler of the signal before
 * @param signals how many come
 * @param signal which
 * @return what waitpid says
 */
int
SignalProcess(void (*handler)(int), int signals, int signal)
{
    const pid_t child = fork();
    if (child == 0)
    {
        std::signal(signal, handler);
        const InterruptionGuard guard;
        for (int i = 0; i < signals; ++i)
        {
            raise(signal);
        }
        _exit(InterruptionGuard::IsInterrupted() ? INTERRUPTED : NOT_INTERRUPTED);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

} // namespace

TEST(Interruption, EachSignalRaisesTheFlag)
{
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    {
        const int none = SignalProcess(SIG_DFL, 0, signal);
        EXPECT_EQ(WEXITSTATUS(none), NOT_INTERRUPTED);
        const int one = SignalProcess(SIG_DFL, 1, signal);
        ASSERT_TRUE(WIFEXITED(one)) << signal;
        EXPECT_EQ(WEXITSTATUS(one), INTERRUPTED) << signal;
    }
}

TEST(Interruption, TheSecondSignalEndsTheProcess)
{
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    {
        const int status = SignalProcess(SIG_DFL, 2, signal);
        ASSERT_TRUE(WIFSIGNALED(status)) << signal;
        EXPECT_EQ(WTERMSIG(status), signal);
    }
}

TEST(Interruption, WhatWasIgnoredStaysIgnored)
{
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    {
        const int status = SignalProcess(SIG_IGN, 2, signal);
        ASSERT_TRUE(WIFEXITED(status)) << signal;
        EXPECT_EQ(WEXITSTATUS(status), NOT_INTERRUPTED) << signal;
    }
}

TEST(Interruption, HandlersComeBack)
{
    std::signal(SIGHUP, SIG_IGN);
    {
        const InterruptionGuard outer;
        const InterruptionGuard inner;
    }
    EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN);
    std::optional<InterruptionGuard> guard(std::in_place);
    guard.reset();
    EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_DFL);
}

} // namespace base
