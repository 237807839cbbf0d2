/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_INTERRUPTION_H
#define ECLD_INTERRUPTION_H

#include <stdexcept>

namespace ecld
{

/// Thrown where Ctrl-C or SIGTERM stopped a long work; its state is on disk if it has a state file
class Interruption : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * @brief While one lives, SIGINT and SIGTERM raise a flag instead of ending the process.
 *
 * The flag stays up, so that a pipeline of several works stops at the first.
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

  private:
    using Handler = void (*)(int); //!< what a signal calls
    Handler m_interrupt;           //!< SIGINT's handler before
    Handler m_terminate;           //!< SIGTERM's handler before
};

} // namespace ecld

#endif // ECLD_INTERRUPTION_H
