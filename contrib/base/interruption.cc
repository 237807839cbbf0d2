/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "interruption.h"

namespace base
{

namespace
{

// A signal handler has nothing but statics to write to.
volatile std::sig_atomic_t g_interrupted = 0;

extern "C" void
RaiseFlag(int)
{
    g_interrupted = 1;
}

} // namespace

InterruptionGuard::InterruptionGuard()
{
    struct sigaction raise = {};
    raise.sa_handler = RaiseFlag;
    raise.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART); // the next one ends the process
    sigemptyset(&raise.sa_mask);
    for (std::size_t i = 0; i < SIGNALS.size(); ++i)
    {
        sigaction(SIGNALS[i], nullptr, &m_before[i]);
        if (m_before[i].sa_handler != SIG_IGN)
        {
            sigaction(SIGNALS[i], &raise, nullptr);
        }
    }
}

InterruptionGuard::~InterruptionGuard()
{
    for (std::size_t i = 0; i < SIGNALS.size(); ++i)
    {
        sigaction(SIGNALS[i], &m_before[i], nullptr);
    }
}

bool
InterruptionGuard::IsInterrupted()
{
    return g_interrupted != 0;
}

void
InterruptionGuard::RequireGoingOn()
{
    if (IsInterrupted())
    {
        throw Interruption("interrupted, nothing was written");
    }
}

} // namespace base
