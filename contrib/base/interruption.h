/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef BASE_INTERRUPTION_H
#define BASE_INTERRUPTION_H

#include <array>
#include <csignal>
#include <stdexcept>

namespace base
{

/// Thrown where a signal stopped a long work; its state is on disk if it has a state file
class Interruption : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * @brief While one lives, Ctrl-C, SIGTERM and SIGHUP raise a flag instead of ending the process.
 *
 * The flag stays up, so that a pipeline of several works stops at the first. The second signal of a
 * kind ends the process at once. A signal that the process was started to ignore, as nohup does
 * with SIGHUP, stays ignored.
 */
class InterruptionGuard
{
  public:
    InterruptionGuard();
    ~InterruptionGuard();

    InterruptionGuard(const InterruptionGuard&) = delete;
    InterruptionGuard& operator=(const InterruptionGuard&) = delete;

    /// @return whether a signal came
    static bool IsInterrupted();
    /// @throw Interruption where a signal came, for works whose files are there whole or not at all
    static void RequireGoingOn();

  private:
    static constexpr std::array<int, 3> SIGNALS = {SIGINT, SIGTERM, SIGHUP}; //!< which are meant

    std::array<struct sigaction, SIGNALS.size()> m_before{}; //!< what they did before
};

} // namespace base

#endif // BASE_INTERRUPTION_H
