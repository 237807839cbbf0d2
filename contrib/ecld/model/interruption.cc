/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "interruption.h"

#include <csignal>

namespace ecld
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
    : m_interrupt(std::signal(SIGINT, RaiseFlag)),
      m_terminate(std::signal(SIGTERM, RaiseFlag))
{
}

InterruptionGuard::~InterruptionGuard()
{
    std::signal(SIGINT, m_interrupt);
    std::signal(SIGTERM, m_terminate);
}

bool
InterruptionGuard::IsInterrupted()
{
    return g_interrupted != 0;
}

} // namespace ecld
